import { randomBytes } from "node:crypto";
import type { Sandbox } from "../../create-sandbox.ts";
import type { DriveFile } from "../../drive/index.ts";
import type { SandboxOptions } from "../../sandbox-options.ts";
import { withSandbox } from "../../testing/with-sandbox.ts";
import type { RequestEntry } from "../../traffic/index.ts";
import type { FaultRule } from "../fault-rule.ts";
import { type Exchange, exchange } from "./exchange.ts";

const SCOPES = "openid email https://www.googleapis.com/auth/drive";
const FILE_BYTES = 600_000;

/** A sandbox with one file, a client with a token, and a way to ask that hides nothing. */
export interface FaultRig {
  readonly sandbox: Sandbox;
  readonly file: DriveFile;
  readonly bytes: Buffer;
  readonly token: string;
  readonly refreshToken: string;
  /** Sends a request with the token over a connection of its own. */
  readonly ask: (path: string, question?: Parameters<typeof exchange>[1]) => Promise<Exchange>;
  /** Puts rules in the place of those in force. */
  readonly put: (...rules: FaultRule[]) => void;
  /** What the log says of the last request. */
  readonly lastEntry: () => RequestEntry | undefined;
}

/** Runs a test against a sandbox of its own with a file of 600,000 bytes. */
export async function withFaults(
  test: (rig: FaultRig) => Promise<void>,
  options: Omit<SandboxOptions, "now"> = {},
): Promise<void> {
  await withSandbox(async ({ sandbox, client }) => {
    const { body } = await client.connect({ scope: SCOPES });
    const token = String(body.access_token);
    const bytes = randomBytes(FILE_BYTES);
    const sub = sandbox.accounts[0]?.sub ?? "";
    const file = sandbox.drive.addFile(sub, { name: "a.jpg", mimeType: "image/jpeg", content: bytes });
    await test({
      sandbox,
      file,
      bytes,
      token,
      refreshToken: String(body.refresh_token),
      ask: (path, question = {}) => {
        const headers = { authorization: `Bearer ${token}`, ...question.headers };
        return exchange(new URL(path, sandbox.origin).href, { ...question, headers });
      },
      put: (...rules) => sandbox.faults.replace({ seed: 7, rules }),
      lastEntry: () => sandbox.requests.since(0).at(-1),
    });
  }, options);
}
