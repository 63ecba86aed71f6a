import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { firstLine, runProgram } from "../testing/run-program.ts";
import { callControl } from "./testing/control-client.ts";

it("answers 500 to what the control API fails at, and writes what it was to standard error", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "sandbox-failing-"));
  const child = runProgram("--json", "--port", "0", "--library", "none", "--data", dataDir);
  try {
    const address = JSON.parse(await firstLine(child)) as { origin: string };
    rmSync(join(dataDir, "state", "bytes"), { recursive: true });
    const file = { email: "alice@example.com", name: "a", mimeType: "image/png", contentBase64: "AAAA" };
    const { status, body } = await callControl(address, "POST /files", file);
    expect([status, body.error]).toEqual([500, { code: "internal", message: "The sandbox has failed." }]);
  } finally {
    child.kill("SIGTERM");
    await once(child, "close");
    rmSync(dataDir, { recursive: true, force: true });
  }
  expect(child.output.err).toMatch(/ENOENT.*bytes/);
});
