import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../create-sandbox.ts";
import type { SandboxOptions } from "../sandbox-options.ts";
import { WebClient } from "../testing/web-client.ts";
import { generatedContent } from "./generated-content.ts";

const DRIVE_SCOPE = "https://www.googleapis.com/auth/drive";

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "sandbox-generated-"));
});

afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

async function withFiles(options: SandboxOptions, test: (sandbox: Sandbox) => Promise<void>): Promise<void> {
  const sandbox = await createSandbox(options);
  try {
    await test(sandbox);
  } finally {
    await sandbox.close();
  }
}

async function tokenFor(sandbox: Sandbox): Promise<string> {
  const { body } = await new WebClient(sandbox).connect({ scope: DRIVE_SCOPE });
  return String(body.access_token);
}

function filesOf({ drive, generatedFolderId }: Sandbox) {
  return drive.childrenOf(generatedFolderId ?? "");
}

describe("a library of generated files", () => {
  it("stands alone in the first account, unless another library is asked for as well", async () => {
    await withFiles({ files: 3 }, async ({ drive, accounts: [alice, bob] }) => {
      expect(drive.listAll(alice?.sub ?? "")).toHaveLength(4);
      expect(drive.listAll(bob?.sub ?? "")).toHaveLength(0);
    });
    await withFiles({ files: 3, library: "small" }, async ({ drive, accounts: [alice] }) => {
      expect(drive.listAll(alice?.sub ?? "").length).toBeGreaterThan(30);
    });
  });

  it("has numbered pictures of the size asked for, each with its own time and bytes", async () => {
    await withFiles({ files: 20, sizeBytes: 1000 }, async (sandbox) => {
      const files = filesOf(sandbox);
      expect(files.map(({ name }) => name).slice(0, 2)).toEqual([
        "generated-000001.jpg",
        "generated-000002.jpg",
      ]);
      expect(new Set(files.map(({ createdTimeMs }) => createdTimeMs)).size).toBe(20);
      expect(new Set(files.map(({ blob }) => blob?.checksums.md5)).size).toBe(20);
      expect(files.every(({ blob }) => blob?.content.sizeBytes === 1000)).toBe(true);
    });
  });

  it("shows over HTTP the size, the digests and the pixels of the bytes that it sends", async () => {
    await withFiles({ files: 2, sizeBytes: 300_000 }, async (sandbox) => {
      const headers = { authorization: `Bearer ${await tokenFor(sandbox)}` };
      const id = filesOf(sandbox)[1]?.id;
      const address = `${sandbox.origin}/drive/v3/files/${id}`;
      const fields = "size,md5Checksum,sha1Checksum,sha256Checksum,imageMediaMetadata,mimeType,fileExtension";
      const resource = await (await fetch(`${address}?fields=${fields}`, { headers })).json();
      const bytes = Buffer.from(await (await fetch(`${address}?alt=media`, { headers })).arrayBuffer());
      const digest = (name: string) => createHash(name).update(bytes).digest("hex");
      expect(resource).toEqual({
        size: String(bytes.byteLength),
        md5Checksum: digest("md5"),
        sha1Checksum: digest("sha1"),
        sha256Checksum: digest("sha256"),
        imageMediaMetadata: { width: 64, height: 48, rotation: 0 },
        mimeType: "image/jpeg",
        fileExtension: "jpg",
      });
    });
  });

  it("gives a thumbnail of a file of 100 MB, and the last bytes of it alone", async () => {
    await withFiles({ files: 1, sizeBytes: 100_000_000 }, async (sandbox) => {
      const headers = { authorization: `Bearer ${await tokenFor(sandbox)}` };
      const [file] = filesOf(sandbox);
      const address = `${sandbox.origin}/drive/v3/files/${file?.id}`;
      const { thumbnailLink } = (await (
        await fetch(`${address}?fields=thumbnailLink`, { headers })
      ).json()) as { thumbnailLink: string };
      expect((await fetch(thumbnailLink, { headers })).status).toBe(200);
      const range = { ...headers, range: "bytes=-8" };
      const last = Buffer.from(await (await fetch(`${address}?alt=media`, { headers: range })).arrayBuffer());
      expect(
        last.equals(Buffer.concat([...(file?.blob?.content.read({ start: 99_999_992, end: 1e8 }) ?? [])])),
      ).toBe(true);
    });
  });

  it("can be spread over folders", async () => {
    await withFiles({ files: 25, filesPerFolder: 10 }, async (sandbox) => {
      const folders = filesOf(sandbox);
      expect(folders.map(({ name }) => name)).toEqual(["part-000001", "part-000002", "part-000003"]);
      expect(folders.map(({ id }) => sandbox.drive.childCount(id))).toEqual([10, 10, 5]);
    });
  });

  it("can have sizes of which half are below the one given, and all digests are true", async () => {
    await withFiles({ files: 400, sizeBytes: 10_000, fileSizes: "lognormal" }, async (sandbox) => {
      const contents = filesOf(sandbox).map(({ blob }) => blob);
      const smaller = contents.filter((blob) => (blob?.content.sizeBytes ?? 0) < 10_000).length;
      expect(smaller).toBeGreaterThan(150);
      expect(smaller).toBeLessThan(250);
      for (const blob of contents) {
        const md5 = createHash("md5");
        for (const piece of blob?.content.read({ start: 0, end: blob.content.sizeBytes }) ?? [])
          md5.update(piece);
        expect(blob?.checksums.md5).toBe(md5.digest("hex"));
      }
    });
  });

  it("has files that claim to be no pictures where they are too small for one", async () => {
    await withFiles({ files: 2, sizeBytes: 100 }, async (sandbox) => {
      const [file] = filesOf(sandbox);
      expect(file).toMatchObject({ name: "generated-000001.bin", mimeType: "application/octet-stream" });
      expect(file?.imageMediaMetadata).toBeNull();
    });
  });

  it("is the same with the same seed, ids included", async () => {
    const seen: unknown[] = [];
    for (const seed of [4, 4, 5]) {
      await withFiles({ files: 5, seed }, async (sandbox) => {
        seen.push(filesOf(sandbox).map(({ id, blob }) => [id, blob?.checksums.sha256]));
      });
    }
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]).not.toEqual(seen[2]);
  });

  it("is kept by its recipe, without its bytes, and opened again as it was", async () => {
    const options = { files: 50, sizeBytes: 5_000_000, dataDir } as const;
    let before: unknown;
    await withFiles(options, async (sandbox) => {
      before = filesOf(sandbox);
    });
    expect(readdirSync(join(dataDir, "state", "bytes"))).toEqual([]);
    expect(statSync(join(dataDir, "state", "journal.jsonl")).size).toBeLessThan(100_000);
    await withFiles({ dataDir }, async (sandbox) => {
      expect(filesOf(sandbox)).toEqual(before);
      expect(sandbox.generatedFolderId).not.toBeNull();
    });
  });

  it("refuses numbers and sizes that are none, by the name of the option", async () => {
    await expect(createSandbox({ files: -1 })).rejects.toThrow(/^files: /);
    await expect(createSandbox({ files: 1, sizeBytes: 0.5 })).rejects.toThrow(/^sizeBytes: /);
    await expect(createSandbox({ files: 1, filesPerFolder: 0 })).rejects.toThrow(/^filesPerFolder: /);
    const fileSizes = "normal" as "fixed";
    await expect(createSandbox({ files: 1, fileSizes })).rejects.toThrow(/^fileSizes: /);
  });

  it("reports no folder where no files were ordered", async () => {
    await withFiles({ library: "none" }, async ({ generatedFolderId }) =>
      expect(generatedFolderId).toBeNull(),
    );
  });
});

describe("a file of generated content added by a test", () => {
  it("of 1 GiB takes one line, and is there with its size and its last bytes", async () => {
    await withFiles({ library: "none", dataDir }, async (sandbox) => {
      const [alice] = sandbox.accounts;
      const content = await generatedContent({ sizeBytes: 1024 ** 3 });
      const file = sandbox.drive.addFile(alice?.sub ?? "", {
        name: "large.jpg",
        mimeType: "image/jpeg",
        content,
      });
      const headers = { authorization: `Bearer ${await tokenFor(sandbox)}`, range: "bytes=1073741814-" };
      const response = await fetch(`${sandbox.origin}/drive/v3/files/${file.id}?alt=media`, { headers });
      expect(response.headers.get("content-range")).toBe("bytes 1073741814-1073741823/1073741824");
      expect((await response.arrayBuffer()).byteLength).toBe(10);
    });
    await withFiles({ dataDir }, async ({ drive, accounts: [alice] }) => {
      expect(drive.listAll(alice?.sub ?? "")[0]?.blob?.content.sizeBytes).toBe(1024 ** 3);
    });
  });
});
