import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@driveway/demo/free-port";
import { startDriveway } from "@driveway/demo/start-driveway";
import { createSandbox, type Sandbox } from "@driveway/sandbox";

const ACCOUNT = { email: "admin@example.com", password: "correct horse battery staple" };

/** A real server with its own database, beside a sandbox with a small library. */
export interface Trial {
  readonly url: string;
  readonly sandbox: Sandbox;
  readonly account: typeof ACCOUNT;
  /** A key of that account with all scopes. */
  readonly apiKey: string;
  stop(): Promise<void>;
}

/**
 * Starts a trial with fresh data, and leaves nothing behind when it stops.
 * @param params.hostOrigins pages that may use it besides its own
 */
export async function startTrial(params: { hostOrigins: readonly string[] }): Promise<Trial> {
  const directory = await mkdtemp(join(tmpdir(), "driveway-e2e-"));
  const sandbox = await createSandbox({ library: "small" });
  const close = async (): Promise<void> => {
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const apiKey = "a-key-that-only-this-trial-knows-0000";
    const port = await freePort();
    const origins = [`http://localhost:${port}`, ...params.hostOrigins];
    const settings = { PORT: String(port), ALLOWED_ORIGINS: origins.join(",") };
    const driveway = await startDriveway({ google: sandbox, directory, account: ACCOUNT, apiKey, settings });
    const stop = async (): Promise<void> => {
      await driveway.stop();
      await close();
    };
    return { url: driveway.url, sandbox, account: ACCOUNT, apiKey, stop };
  } catch (error) {
    await close();
    throw error;
  }
}
