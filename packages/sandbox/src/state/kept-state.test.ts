import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from "node:fs";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../create-sandbox.ts";
import { firstLine, type RunningProgram, runProgram } from "../testing/run-program.ts";
import { WebClient } from "../testing/web-client.ts";

interface Address {
  readonly origin: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

let dataDir: string;
let running: RunningProgram[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "sandbox-state-"));
});

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running = [];
  rmSync(dataDir, { recursive: true, force: true });
});

async function startProgram(
  port: string,
  library = "none",
): Promise<{ child: RunningProgram; address: Address }> {
  const child = runProgram("--json", "--port", port, "--library", library, "--data", dataDir);
  running.push(child);
  return { child, address: JSON.parse(await firstLine(child)) as Address };
}

async function killNow(child: RunningProgram): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function withKept(
  use: (sandbox: Sandbox, client: WebClient) => Promise<void>,
  seed = 1,
): Promise<void> {
  const sandbox = await createSandbox({ library: "none", seed, dataDir });
  try {
    await use(sandbox, new WebClient(sandbox));
  } finally {
    await sandbox.close();
  }
}

async function upload(origin: string, token: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "image/png" };
  const address = `${origin}/upload/drive/v3/files?uploadType=media`;
  const answer = await fetch(address, { method: "POST", headers, body: bytes });
  return ((await answer.json()) as { id: string }).id;
}

async function download(origin: string, token: string, fileId: string): Promise<Buffer> {
  const answer = await fetch(`${origin}/drive/v3/files/${fileId}?alt=media`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return Buffer.from(await answer.arrayBuffer());
}

function ids({ drive, accounts }: Sandbox): string[] {
  return accounts.flatMap(({ sub }) => drive.listAll(sub).map(({ id }) => id));
}

function contentsOnDisk(): string[] {
  return readdirSync(join(dataDir, "state", "bytes"));
}

describe("a sandbox with a data directory", () => {
  it("loses nothing that was answered when it is killed", async () => {
    const first = await startProgram("0");
    const { body } = await new WebClient(first.address).connect();
    const bytes = new Uint8Array(randomBytes(3_000_000));
    const fileId = await upload(first.address.origin, String(body.access_token), bytes);
    await killNow(first.child);

    const { child, address } = await startProgram(new URL(first.address.origin).port);
    expect(address.origin).toBe(first.address.origin);
    const renewed = await new WebClient(address).refresh(body.refresh_token);
    expect(renewed.status).toBe(200);
    for (const token of [renewed.body.access_token, body.access_token]) {
      expect((await download(address.origin, String(token), fileId)).equals(bytes)).toBe(true);
    }
    await killNow(child);
  });

  it("loses nothing at whatever moment of a stream of uploads it is killed", async () => {
    const { child, address } = await startProgram("0");
    const { body } = await new WebClient(address).connect();
    const token = String(body.access_token);
    const answered = new Map<string, Uint8Array>();
    const uploadUntilKilled = async (): Promise<void> => {
      for (;;) {
        const bytes = new Uint8Array(randomBytes(50_000));
        const fileId = await upload(address.origin, token, bytes);
        answered.set(fileId, bytes);
        if (answered.size === 20) child.kill("SIGKILL");
      }
    };
    await Promise.allSettled([uploadUntilKilled(), uploadUntilKilled(), uploadUntilKilled()]);

    expect(answered.size).toBeGreaterThanOrEqual(20);
    await withKept(async ({ drive, accounts: [alice] }) => {
      for (const [fileId, bytes] of answered) expect(drive.contentOf(fileId)).toEqual(Buffer.from(bytes));
      expect(contentsOnDisk()).toHaveLength(drive.listAll(alice?.sub ?? "").length);
    });
  });

  it("holds the same library after a restart, whatever seed and library are asked for then", async () => {
    const first = await createSandbox({ library: "small", dataDir });
    const before = ids(first).map((id) => [first.drive.get(id), first.drive.contentOf(id)]);
    await first.close();
    const plain = await createSandbox({ library: "small" });
    const second = await createSandbox({ library: "none", seed: 99, dataDir });
    expect(ids(second)).toEqual(ids(plain));
    const after = ids(second).map((id) => [second.drive.get(id), second.drive.contentOf(id)]);
    expect(JSON.stringify(after)).toBe(JSON.stringify(before));
    await Promise.all([plain.close(), second.close()]);
  });

  it("remembers revocations, and the end of the files granted with them", async () => {
    let refreshToken = "";
    let fileId = "";
    await withKept(async (sandbox, client) => {
      const { body } = await client.connect();
      refreshToken = String(body.refresh_token);
      fileId = await upload(sandbox.origin, String(body.access_token), new Uint8Array(10));
      sandbox.revokeGrant("alice@example.com");
    });
    await withKept(async (sandbox, client) => {
      const refused = await client.refresh(refreshToken);
      expect(refused.body).toMatchObject({ error_description: "Token has been expired or revoked." });
      const { body } = await client.connect();
      const answer = await client.get(`/drive/v3/files/${fileId}`, body.access_token);
      expect(answer.status).toBe(404);
      expect(sandbox.drive.get(fileId)).toBeDefined();
    });
  });

  it("remembers changes, removals and ids given out", async () => {
    let reserved: string[] = [];
    let kept = "";
    let gone: string[] = [];
    await withKept(async ({ drive, accounts: [alice] }) => {
      const sub = alice?.sub ?? "";
      const folder = drive.addFolder(sub, { name: "album" });
      const picture = { mimeType: "image/png", content: new Uint8Array([1, 2, 3]) };
      const below = drive.addFile(sub, { ...picture, name: "below", parentId: folder.id });
      kept = drive.addFile(sub, { ...picture, name: "before" }).id;
      drive.update(kept, { name: "after", content: new Uint8Array([4]), appProperties: { app: { a: "b" } } });
      reserved = drive.reserveIds(sub, 2);
      drive.remove(folder.id);
      gone = [folder.id, below.id];
      expect(contentsOnDisk()).toHaveLength(1);
    });
    await withKept(async ({ drive, accounts: [alice] }) => {
      const sub = alice?.sub ?? "";
      expect(drive.get(kept)).toMatchObject({
        name: "after",
        version: 2,
        appProperties: { app: { a: "b" } },
      });
      expect(drive.contentOf(kept)).toEqual(Buffer.from([4]));
      expect(gone.map((id) => drive.get(id))).toEqual([undefined, undefined]);
      expect(reserved.every((id) => drive.isReserved(sub, id))).toBe(true);
      const fresh = drive.addFolder(sub, { name: "new" }).id;
      expect([...reserved, ...gone, kept]).not.toContain(fresh);
    });
  });

  it("begins anew when it was killed while it was filled for the first time", async () => {
    const signs = watch(dataDir);
    const child = runProgram("--json", "--port", "0", "--data", dataDir);
    running.push(child);
    while (!readdirSync(dataDir).some((name) => name.startsWith("state."))) await once(signs, "change");
    signs.close();
    await killNow(child);
    expect(readdirSync(dataDir)).toEqual(["in-use.sock", expect.stringMatching(/^state\.unfinished-/)]);
    await withKept(async (sandbox) => expect(ids(sandbox)).toEqual([]));
    expect(readdirSync(dataDir)).toEqual(["state"]);
  });

  it("passes over a line that was being written, and goes on after it", async () => {
    const add = (name: string) =>
      withKept(async ({ drive, accounts: [alice] }) => void drive.addFolder(alice?.sub ?? "", { name }));
    await add("one");
    appendFileSync(join(dataDir, "state", "journal.jsonl"), '{"kind":"filePut","file":{"na');
    await add("two");
    await withKept(async ({ drive, accounts: [alice] }) => {
      expect(drive.listAll(alice?.sub ?? "").map(({ name }) => name)).toEqual(["one", "two"]);
    });
  });

  it("says which line is damaged, and starts again once it is mended", async () => {
    await withKept(async () => {});
    const journal = join(dataDir, "state", "journal.jsonl");
    const { size } = statSync(journal);
    appendFileSync(journal, "not a record\n");
    await expect(createSandbox({ dataDir })).rejects.toThrow("journal.jsonl:4 is damaged");
    expect(statSync(journal).size).toBeGreaterThan(size);
  });

  it.each([
    ["null", "no record"],
    ["7", "no record"],
    ['{"kind":"whatever"}', 'no kind of record: "whatever"'],
    ["{}", "no kind of record: undefined"],
    ['{"kind":"toString"}', 'no kind of record: "toString"'],
    ['{"kind":"filePut"}', "issuedIds: "],
    ['{"kind":"filePut","issuedIds":1,"file":{"id":"1"}}', "file.ownerSub: "],
    ['{"kind":"allowed","sub":"1","clientId":"a","scopes":"openid"}', "scopes: "],
    ['{"kind":"began","format":1,"seed":1}', "The state begins twice"],
  ])("says what is wrong with the line %s", async (line, words) => {
    await withKept(async () => {});
    appendFileSync(join(dataDir, "state", "journal.jsonl"), `${line}\n`);
    await expect(createSandbox({ dataDir })).rejects.toThrow(`journal.jsonl:4 is damaged: ${words}`);
  });

  it.each([
    ["journal.jsonl", /journal\.jsonl is missing/],
    ["bytes", /bytes is missing/],
    [join("bytes", "2"), /bytes.2 is missing/],
  ])("says that %s is missing, and makes nothing in its place", async (name, words) => {
    await withKept(async ({ drive, accounts: [alice] }) => {
      for (const size of [1, 2]) {
        const content = new Uint8Array(size);
        drive.addFile(alice?.sub ?? "", { name: "a", mimeType: "image/png", content });
      }
    });
    const path = join(dataDir, "state", name);
    rmSync(path, { recursive: true });
    await expect(createSandbox({ dataDir })).rejects.toThrow(words);
    expect(existsSync(path)).toBe(false);
  });

  it.each([
    ["", "is damaged: it is empty"],
    ["half a line", ":1 is damaged: it has no end"],
    ["not a record\n", ":1 is damaged: no JSON"],
    ['{"kind":"began","format":2,"seed":1}\n', "another version"],
  ])("refuses a journal that begins with %j and leaves it as it is", async (text, words) => {
    await withKept(async () => {});
    const path = join(dataDir, "state", "journal.jsonl");
    writeFileSync(path, text);
    await expect(createSandbox({ dataDir })).rejects.toThrow(words);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it("refuses a directory that another sandbox uses, and takes it when that one has ended", async () => {
    await withKept(async () => {
      await expect(createSandbox({ library: "none", dataDir })).rejects.toThrow("another sandbox uses");
    });
    await withKept(async () => {});
  });

  it("leaves alone what others put between its bytes, and goes on writing beside it", async () => {
    await withKept(async () => {});
    const bytes = join(dataDir, "state", "bytes");
    const foreign = [".DS_Store", "007", "1e3", "12345678901234567890"];
    for (const name of foreign) writeFileSync(join(bytes, name), "");
    const folders = ["1", "lost+found"];
    for (const name of folders) mkdirSync(join(bytes, name));
    await withKept(async ({ origin }, client) => {
      const { body } = await client.connect();
      for (const size of [1, 2, 3]) {
        expect(await upload(origin, String(body.access_token), new Uint8Array(size))).toEqual(
          expect.any(String),
        );
      }
    });
    const all = [...foreign, ...folders, "2", "3", "4"];
    expect(contentsOnDisk().sort()).toEqual(all.sort());
    await withKept(async ({ drive, accounts: [alice] }) => {
      expect(drive.listAll(alice?.sub ?? "").map(({ id }) => drive.contentOf(id)?.byteLength)).toEqual([
        1, 2, 3,
      ]);
    });
  });

  it("lets nobody else read what it keeps", async () => {
    await withKept(async ({ drive, accounts: [alice] }) => {
      drive.addFile(alice?.sub ?? "", { name: "a", mimeType: "image/png", content: new Uint8Array(1) });
    });
    const state = join(dataDir, "state");
    const modes = [state, join(state, "bytes"), join(state, "journal.jsonl"), join(state, "bytes", "1")];
    expect(modes.map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700, 0o600, 0o600]);
  });
});
