import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import type { FaultRule } from "@driveway/sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type GoogleDriveWorld, startGoogleDrive } from "../../testing/start-google-drive.ts";
import type { Drive, Upload, UploadSession, UploadState } from "../drive.ts";

const CHUNK = "upload.resumable.chunk";
const MIB = 1024 * 1024;

let world: GoogleDriveWorld;

beforeAll(async () => {
  world = await startGoogleDrive();
});
afterEach(() => world.reset());
afterAll(() => world.close());

/** Two tries in a row without progress, so that no test waits long. */
const drive = (): Drive => world.drive({ kind: "interactive" });
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function uploadOf(content: Buffer, session?: UploadSession): Promise<Upload> {
  const [id = ""] = await drive().reserveIds(1);
  return {
    id,
    name: "large.jpg",
    mimeType: "image/jpeg",
    parentId: null,
    sizeBytes: content.length,
    open: async (fromByte) => Readable.from([content.subarray(fromByte)], { objectMode: false }),
    properties: {},
    description: null,
    createdAt: null,
    ...(session === undefined ? {} : { session }),
  };
}

/** A session as a database would keep it, with everything that was done to it. */
function keptSession(state: UploadState | null = null) {
  const done: (number | "drop")[] = [];
  const kept = { state };
  const session: UploadSession = {
    load: async () => kept.state,
    save: async (saved) => {
      kept.state = saved;
      done.push(saved.confirmedBytes);
    },
    drop: async () => {
      kept.state = null;
      done.push("drop");
    },
  };
  return { session, kept, done };
}

/** Bytes that came to upload sessions since a mark. */
const bytesSent = (mark: number) =>
  world.sandbox.requests.find({ since: mark, kind: CHUNK }).reduce((sum, { bytesIn }) => sum + bytesIn, 0);
const sessionsBegun = (mark: number) =>
  world.sandbox.requests.find({ since: mark, kind: "upload.resumable.start" }).length;
const meet = (fault: FaultRule["fault"], more: Partial<FaultRule> = {}) =>
  world.sandbox.faults.add({ route: CHUNK, fault, ...more });

/** Begins an upload that loses its connection for good after the first chunk. */
async function beginUpload(content: Buffer) {
  const begun = keptSession();
  const wanted = await uploadOf(content, begun.session);
  meet({ kind: "reset" }, { attempt: { from: 2 } });
  await expect(drive().upload(wanted)).rejects.toMatchObject({ kind: "try_later" });
  world.sandbox.faults.clear();
  return { ...begun, wanted };
}

describe("a resumable upload", () => {
  it("is kept when it begins and after every chunk that is confirmed, and dropped at its end", async () => {
    const { session, done } = keptSession();
    await drive().upload(await uploadOf(randomBytes(20 * MIB), session));
    expect(done).toEqual([0, 8 * MIB, 16 * MIB, "drop"]);
  });

  it("goes on in another call where the session is, and sends nothing twice", async () => {
    const content = randomBytes(20 * MIB);
    const { wanted, kept } = await beginUpload(content);
    expect(kept.state?.confirmedBytes).toBe(8 * MIB);
    const mark = world.sandbox.requests.mark();
    expect(await drive().upload(wanted)).toMatchObject({ id: wanted.id, sha256: sha256(content) });
    expect(bytesSent(mark)).toBe(12 * MIB);
    expect(sessionsBegun(mark)).toBe(0);
  });

  it("takes the file from a session whose last answer was lost", async () => {
    const content = randomBytes(6 * MIB);
    const { session } = keptSession();
    const wanted = await uploadOf(content, session);
    meet({ kind: "lostAnswer" }, { attempt: 1 });
    const mark = world.sandbox.requests.mark();
    expect(await drive().upload(wanted)).toMatchObject({ sha256: sha256(content) });
    expect(bytesSent(mark)).toBe(6 * MIB);
  });

  it.each([
    { kind: "status", status: 429, reason: "rateLimitExceeded" },
    { kind: "status", status: 503 },
    { kind: "status", status: 500, body: "html" },
    { kind: "withhold" },
    { kind: "lostAnswer" },
  ] as const)("goes on at the same point after %j in the middle", async (fault) => {
    const content = randomBytes(20 * MIB);
    const wanted = await uploadOf(content);
    meet(fault, { attempt: 2 });
    const mark = world.sandbox.requests.mark();
    expect(await drive().upload(wanted)).toMatchObject({ sha256: sha256(content) });
    expect(sessionsBegun(mark)).toBe(1);
    expect(bytesSent(mark)).toBeLessThanOrEqual(28 * MIB);
  });

  it("sends again what a chunk lost of its end", async () => {
    const content = randomBytes(20 * MIB);
    meet({ kind: "partialPersist", keptBytes: 3 * MIB }, { attempt: [1, 2] });
    expect(await drive().upload(await uploadOf(content))).toMatchObject({ sha256: sha256(content) });
  });

  it("counts its tries anew whenever more of it is confirmed", async () => {
    const content = randomBytes(30 * MIB);
    const refused = new Set<string>();
    let refusedQuestions = 0;
    // Of every chunk but the first: sent and asked for, both in vain; then asked for and sent.
    world.decide(({ headers }) => {
      const range = headers["content-range"] ?? "bytes 0-";
      const isQuestion = range.startsWith("bytes */");
      const isRefused = isQuestion
        ? refused.size > refusedQuestions
        : !range.startsWith("bytes 0-") && !refused.has(range);
      if (!isRefused) return { kind: "pass" };
      if (isQuestion) refusedQuestions += 1;
      else refused.add(range);
      return { kind: "answer", status: 503 };
    });
    expect(await drive().upload(await uploadOf(content))).toMatchObject({ sha256: sha256(content) });
    expect([refused.size, refusedQuestions]).toEqual([3, 3]);
  });

  it("gives up for now when bytes are taken and none is held", async () => {
    meet({ kind: "partialPersist", keptBytes: 0 });
    await expect(drive().upload(await uploadOf(randomBytes(20 * MIB)))).rejects.toMatchObject({
      reason: "upload_stands_still",
    });
  });

  it.each([404, 410, 499])("begins again when the session is %i", async (status) => {
    const content = randomBytes(10 * MIB);
    const { session, done } = keptSession();
    const wanted = await uploadOf(content, session);
    meet({ kind: "status", status }, { attempt: 2 });
    expect(await drive().upload(wanted)).toMatchObject({ sha256: sha256(content) });
    expect(done).toEqual([0, 8 * MIB, "drop", 0, 8 * MIB, "drop"]);
  });

  it("does not begin again without end", async () => {
    meet({ kind: "status", status: 404 });
    const mark = world.sandbox.requests.mark();
    await expect(drive().upload(await uploadOf(randomBytes(6 * MIB)))).rejects.toMatchObject({
      kind: "try_later",
      reason: "upload_session_lost",
    });
    expect(sessionsBegun(mark)).toBe(2);
  });

  it.each([
    "http://192.0.2.1/upload?upload_id=1",
    "https://www.googleapis.com.evil.example/upload",
    "file:///etc/passwd",
  ])("asks no session at %s, and begins one of its own", async (address) => {
    const content = randomBytes(6 * MIB);
    const { session, done } = keptSession({ address, confirmedBytes: 1 });
    expect(await drive().upload(await uploadOf(content, session))).toMatchObject({ sha256: sha256(content) });
    expect(done).toEqual(["drop", 0, "drop"]);
  });

  it("drops the session when the refusal is for good", async () => {
    const { session, done } = keptSession();
    meet({ kind: "status", reason: "storageQuotaExceeded" });
    await expect(drive().upload(await uploadOf(randomBytes(6 * MIB), session))).rejects.toMatchObject({
      kind: "quota_full",
    });
    expect(done).toEqual([0, "drop"]);
  });
});

describe("an upload that revises", () => {
  it.each([1000, 6 * MIB])(
    "gives a file of %i bytes new bytes and words, at its place",
    async (sizeBytes) => {
      const alice = world.alice;
      const parent = world.sandbox.drive.addFolder(alice, { name: "Target" });
      const old = await drive().upload({ ...(await uploadOf(randomBytes(10))), parentId: parent.id });
      const content = randomBytes(sizeBytes);
      const wanted = {
        ...(await uploadOf(content)),
        id: old.id,
        revises: true,
        name: "new.jpg",
        description: "D",
      };
      expect(await drive().upload(wanted)).toMatchObject({ id: old.id, sizeBytes, sha256: sha256(content) });
      expect(world.sandbox.drive.get(old.id)).toMatchObject({
        name: "new.jpg",
        description: "D",
        parentId: parent.id,
      });
    },
  );
});
