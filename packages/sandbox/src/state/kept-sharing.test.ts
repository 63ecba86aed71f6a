import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../create-sandbox.ts";
import { WebClient } from "../testing/web-client.ts";

const DRIVE = "https://www.googleapis.com/auth/drive";
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "sandbox-sharing-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

async function withKept<Result>(use: (sandbox: Sandbox) => Promise<Result> | Result): Promise<Result> {
  const sandbox = await createSandbox({ library: "none", dataDir });
  try {
    return await use(sandbox);
  } finally {
    await sandbox.close();
  }
}

function subOf({ accounts }: Sandbox, email: string): string {
  return accounts.find((account) => account.email === email)?.sub ?? "";
}

function addFile(sandbox: Sandbox, more: { parentId?: string; resourceKey?: string } = {}) {
  const input = { name: "a", mimeType: "text/plain", content: Buffer.from("hello"), ...more };
  return sandbox.drive.addFile(subOf(sandbox, "bob@example.com"), input);
}

describe("a sandbox with a data directory", () => {
  it("keeps shared drives with their members and files, and what they hold", async () => {
    const { root, item } = await withKept((sandbox) => {
      const members = [{ email: "alice@example.com", role: "writer" }] as const;
      const made = sandbox.drive.addSharedDrive({ name: "Team", members });
      return { root: made, item: addFile(sandbox, { parentId: made.id }) };
    });
    for (let start = 0; start < 2; start += 1) {
      await withKept((sandbox) => {
        const { drive } = sandbox;
        expect(drive.get(root.id)).toEqual(root);
        expect(drive.itemsOf(root.id).map(({ id }) => id)).toEqual([item.id]);
        expect(Buffer.from(drive.contentOf(item.id) ?? []).toString()).toBe("hello");
        expect(drive.sharedWith(subOf(sandbox, "alice@example.com")).map(({ id }) => id)).toEqual([root.id]);
      });
    }
  });

  it("keeps permissions, resource keys and what was opened", async () => {
    const fileId = await withKept((sandbox) => {
      const { id } = addFile(sandbox, { resourceKey: "0-key" });
      sandbox.drive.shareFile(id, { email: "alice@example.com", role: "reader" });
      sandbox.drive.markOpened({ sub: subOf(sandbox, "alice@example.com"), fileId: id });
      return id;
    });
    await withKept((sandbox) => {
      const sub = subOf(sandbox, "alice@example.com");
      expect(sandbox.drive.get(fileId)?.sharing).toMatchObject({
        resourceKey: "0-key",
        permissions: [{ role: "reader", to: { emailAddress: "alice@example.com" } }],
      });
      expect(sandbox.drive.isOpened({ sub, fileId })).toBe(true);
      sandbox.drive.unshareFile(fileId, sandbox.accounts[0]?.permissionId ?? "");
    });
    await withKept(({ drive }) => expect(drive.get(fileId)?.sharing?.permissions).toEqual([]));
  });

  it("keeps the bytes of a copy when the original goes, and none when both are gone", async () => {
    const { original, copy } = await withKept(async (sandbox) => {
      const { id } = sandbox.drive.addFile(subOf(sandbox, "alice@example.com"), {
        name: "a",
        mimeType: "text/plain",
        content: Buffer.from("hello"),
      });
      const { body } = await new WebClient(sandbox).connect({ scope: `openid email ${DRIVE}` });
      const answer = await fetch(`${sandbox.origin}/drive/v3/files/${id}/copy`, {
        method: "POST",
        headers: { authorization: `Bearer ${String(body.access_token)}` },
      });
      return { original: id, copy: ((await answer.json()) as { id: string }).id };
    });
    await withKept(({ drive }) => drive.remove(original));
    await withKept(({ drive }) => {
      expect(Buffer.from(drive.contentOf(copy) ?? []).toString()).toBe("hello");
      drive.remove(copy);
    });
    expect(readdirSync(join(dataDir, "state", "bytes"))).toEqual([]);
  });

  it("opens a journal from before there was sharing", async () => {
    const fileId = await withKept((sandbox) => addFile(sandbox).id);
    const journal = join(dataDir, "state", "journal.jsonl");
    const lines = readFileSync(journal, "utf8").trimEnd().split("\n");
    const former = lines.map((line) => {
      const record = JSON.parse(line) as { file?: Record<string, unknown> };
      delete record.file?.sharing;
      delete record.file?.shortcutTargetMimeType;
      return `${JSON.stringify(record)}\n`;
    });
    writeFileSync(journal, former.join(""));
    await withKept(({ drive }) => {
      expect(drive.get(fileId)).toMatchObject({ sharing: null, shortcutTargetMimeType: null });
      expect(Buffer.from(drive.contentOf(fileId) ?? []).toString()).toBe("hello");
    });
  });
});
