import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Sandbox } from "../create-sandbox.ts";
import { withSandbox } from "../testing/with-sandbox.ts";

const READ = "https://www.googleapis.com/auth/drive.readonly";
const redirect = { route: "files.get.media", fault: { kind: "redirect", status: 302 } } as const;
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "sandbox-redirect-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** A file kept on disk, and the address to which its download is sent. */
async function withRedirect(
  test: (given: { sandbox: Sandbox; fileId: string; bytes: Buffer; address: URL }) => Promise<void>,
): Promise<void> {
  const options = { dataDir, faults: { rules: [redirect] } };
  await withSandbox(async ({ sandbox, client }) => {
    const bytes = randomBytes(1000);
    const [{ sub } = { sub: "" }] = sandbox.accounts;
    const file = sandbox.drive.addFile(sub, { name: "a", mimeType: "image/png", content: bytes });
    const { body: tokens } = await client.connect({ scope: READ });
    const headers = { authorization: `Bearer ${String(tokens.access_token)}` };
    const media = `${sandbox.apiRoot}/drive/v3/files/${file.id}?alt=media`;
    const sent = await fetch(media, { headers, redirect: "manual" });
    const address = new URL(sent.headers.get("location") ?? "");
    address.hostname = "127.0.0.1";
    await test({ sandbox, fileId: file.id, bytes, address });
  }, options);
}

describe("the address that a redirected download leads to", () => {
  it("gives the bytes that are kept on disk", () =>
    withRedirect(async ({ bytes, address }) => {
      const answer = await fetch(address);
      expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    }));

  it.each([
    ["was removed", (sandbox: Sandbox, id: string) => sandbox.drive.remove(id)],
    [
      "has new bytes",
      (sandbox: Sandbox, id: string) => sandbox.drive.update(id, { content: randomBytes(9) }),
    ],
  ])("is 404 in Drive's envelope when the file %s and the bytes are kept no longer", (_case, change) =>
    withRedirect(async ({ sandbox, fileId, address }) => {
      change(sandbox, fileId);
      const answer = await fetch(address);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ error: { errors: [{ reason: "notFound" }] } });
    }),
  );
});
