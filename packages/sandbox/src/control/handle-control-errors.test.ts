import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { firstLine, runProgram } from "../testing/run-program.ts";
import { callControl } from "./testing/control-client.ts";

describe("standard error", () => {
  it("tells what it was that the control API answers 500 to", async () => {
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

  it("tells nothing of clients that go, and of those who still wait when the sandbox closes", async () => {
    const child = runProgram("--json", "--port", "0", "--library", "none");
    const address = JSON.parse(await firstLine(child)) as { origin: string };
    const leaving = new AbortController();
    const wait = `${address.origin}/sandbox/api/requests/wait`;
    const left = fetch(wait, { signal: leaving.signal });
    const waiting = fetch(wait);
    await callControl(address, "GET /");
    leaving.abort();
    await expect(left).rejects.toThrow();
    await breakOffBody(address);
    await callControl(address, "GET /");
    child.kill("SIGTERM");
    await Promise.allSettled([waiting]);
    await once(child, "close");
    expect(child.output.err).toBe("");
  });
});

/** Sends less of a body than it says, and goes. */
async function breakOffBody({ origin }: { origin: string }): Promise<void> {
  const socket = connect(Number(new URL(origin).port), "127.0.0.1");
  const headers = "host: localhost\r\ncontent-type: application/json\r\ncontent-length: 100";
  socket.write(`PUT /sandbox/api/clock HTTP/1.1\r\n${headers}\r\n\r\n{`, () => socket.destroy());
  await once(socket, "close");
}
