import { createSandbox, type Sandbox } from "../create-sandbox.ts";
import type { SandboxOptions } from "../sandbox-options.ts";
import { WebClient } from "./web-client.ts";

/** A sandbox, a client of it, and a clock that only moves when told to. */
interface Rig {
  readonly sandbox: Sandbox;
  readonly client: WebClient;
  readonly passSeconds: (seconds: number) => void;
}

/** Runs a test against a sandbox of its own with empty Drives, and stops the sandbox afterwards. */
export async function withSandbox(
  test: (rig: Rig) => Promise<void>,
  options: Omit<SandboxOptions, "now"> = {},
): Promise<void> {
  let nowMs = Date.UTC(2026, 0, 15, 12);
  const sandbox = await createSandbox({ library: "none", ...options, now: () => nowMs });
  try {
    const passSeconds = (seconds: number): void => {
      nowMs += seconds * 1000;
    };
    await test({ sandbox, client: new WebClient(sandbox), passSeconds });
  } finally {
    await sandbox.close();
  }
}
