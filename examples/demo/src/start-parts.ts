import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox, type Sandbox } from "@driveway/sandbox";
import { freePort } from "./free-port.ts";
import { type RunningDriveway, startDriveway } from "./start-driveway.ts";

const CLIENT = { clientId: "demo.apps.googleusercontent.com", clientSecret: "GOCSPX-demo" };

/** Everything that the demo needs, running. */
export interface Parts {
  readonly sandbox: Sandbox;
  readonly driveway: RunningDriveway;
  readonly account: { readonly email: string; readonly password: string };
  readonly apiKey: string;
  /** Stops Driveway, then the sandbox, and removes their data. */
  stop(): Promise<void>;
}

/**
 * Starts a sandbox with its pictures in this process and Driveway in another, both on free ports of loopback and with
 * data in a temporary folder. When one of them does not start, nothing is left behind.
 */
export async function startParts(signal: AbortSignal): Promise<Parts> {
  const directory = await mkdtemp(join(tmpdir(), "driveway-demo-"));
  const account = { email: "demo@example.com", password: randomBytes(9).toString("base64url") };
  const apiKey = randomBytes(32).toString("base64url");
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const google = { ...CLIENT, issuer: origin, apiRoot: origin };
  // Side by side, since both take their time; Driveway asks the sandbox nothing before somebody connects.
  const [sandbox, driveway] = await Promise.allSettled([
    createSandbox({ ...CLIENT, port }),
    startDriveway({ google, directory, account, apiKey, signal }),
  ]);
  const stop = async (): Promise<void> => {
    if (driveway.status === "fulfilled") await driveway.value.stop();
    if (sandbox.status === "fulfilled") await sandbox.value.close();
    await rm(directory, { recursive: true, force: true });
  };
  if (sandbox.status === "fulfilled" && driveway.status === "fulfilled") {
    return { sandbox: sandbox.value, driveway: driveway.value, account, apiKey, stop };
  }
  await stop();
  throw sandbox.status === "rejected" ? sandbox.reason : (driveway as PromiseRejectedResult).reason;
}
