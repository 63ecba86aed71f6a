import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DriveJson, startTestDrive, type TestDrive } from "../testing/start-test-drive.ts";

const CHUNK = 262_144;
const START = "/upload/drive/v3/files?uploadType=resumable";
let drive: TestDrive;

beforeAll(async () => {
  drive = await startTestDrive();
});
afterAll(() => drive.close());

async function start(
  body: object = {},
  { path = START, method = "POST", headers = {} } = {},
): Promise<string> {
  const type = { "content-type": "application/json; charset=UTF-8" };
  const response = await drive.call(path, {
    method,
    body: JSON.stringify(body),
    headers: { ...type, ...headers },
  });
  expect([response.status, await response.text()]).toEqual([200, ""]);
  return response.headers.get("location") ?? "";
}

function put(session: string, range: string | null, body?: Uint8Array<ArrayBuffer>) {
  const headers: Record<string, string> = range === null ? {} : { "content-range": `bytes ${range}` };
  return drive.call(session, { method: "PUT", headers, scopes: null, ...(body && { body }) });
}

async function fileIn(response: Response): Promise<DriveJson> {
  return JSON.parse(await response.text());
}

async function held(response: Response): Promise<string | null> {
  expect([response.status, await response.text()]).toEqual([308, ""]);
  return response.headers.get("range");
}

describe("a resumable upload", () => {
  it("starts with an address that keeps the query of the start, and makes no file yet", async () => {
    const before = drive.store.listAll("101").length;
    const session = new URL(await start({ name: "a" }, { path: `${START}&fields=id,size` }));
    expect(session.searchParams.get("fields")).toBe("id,size");
    expect(session.searchParams.get("upload_id")?.length).toBeGreaterThan(80);
    expect(session.searchParams.get("session_crd")?.length).toBeGreaterThan(80);
    expect(drive.store.listAll("101")).toHaveLength(before);
  });

  it("takes chunks, drops an unaligned tail, and takes bytes that it has again", async () => {
    const bytes = randomBytes(CHUNK * 2 + 1000);
    const total = bytes.byteLength;
    const session = await start({ name: "big" }, { path: `${START}&fields=id,name,size,md5Checksum` });
    expect(await held(await put(session, `*/${total}`))).toBeNull();
    expect(await held(await put(session, `0-299999/${total}`, bytes.subarray(0, 300_000)))).toBe(
      "bytes=0-262143",
    );
    expect(await held(await put(session, `0-262143/${total}`, bytes.subarray(0, CHUNK)))).toBe(
      "bytes=0-262143",
    );
    expect(await held(await put(session, "*/*"))).toBe("bytes=0-262143");
    const gap = await put(session, `${CHUNK + 1}-${total - 1}/${total}`, bytes.subarray(CHUNK + 1));
    expect(gap.status).toBe(503);
    const last = await put(session, `${CHUNK}-${total - 1}/${total}`, bytes.subarray(CHUNK));
    const file = await fileIn(last);
    expect(last.status).toBe(200);
    expect(file).toMatchObject({
      name: "big",
      size: String(total),
      md5Checksum: createHash("md5").update(bytes).digest("hex"),
    });
    const later = await put(session, `*/${total}`);
    expect([later.status, await later.json()]).toEqual([200, file]);
    expect(Buffer.from(drive.store.contentOf(file.id) ?? []).equals(bytes)).toBe(true);
  });

  it("takes a whole file at once, an empty one too", async () => {
    const whole = await put(await start({ name: "whole" }), null, randomBytes(5000));
    expect(await whole.json()).toMatchObject({ name: "whole" });
    const empty = await put(await start({ name: "empty" }), null);
    const { id } = await fileIn(empty);
    expect(drive.store.contentOf(id)?.byteLength).toBe(0);
    expect((await put(await start(), "*/0")).status).toBe(400);
  });

  it("of unknown size ends when the size is told", async () => {
    const session = await start();
    expect(await held(await put(session, `0-${CHUNK - 1}/*`, randomBytes(CHUNK)))).toBe("bytes=0-262143");
    expect((await put(session, `*/${CHUNK}`)).status).toBe(200);
  });

  it("refuses sizes that contradict each other", async () => {
    const session = await start({}, { headers: { "x-upload-content-length": "1000" } });
    expect((await put(session, "0-9/2000", randomBytes(10))).status).toBe(400);
    expect((await put(session, "0-9/1000", randomBytes(11))).status).toBe(400);
    expect((await put(session, "nonsense", randomBytes(11))).status).toBe(400);
    expect((await put(session, null, randomBytes(999))).status).toBe(400);
    expect((await put(session, null, randomBytes(1000))).status).toBe(200);
  });

  it("answers 499 once cancelled, and 404 when unknown or unused for a week", async () => {
    const session = await start();
    const cancelled = await drive.json(session, { method: "DELETE", scopes: null });
    expect(cancelled.body.error).toEqual({
      code: 499,
      message: "clientClosedRequest",
      errors: [{ message: "clientClosedRequest", domain: "global", reason: "clientClosedRequest" }],
    });
    expect((await put(session, "*/*")).status).toBe(499);
    const unused = await start();
    expect((await put(unused.replace(/.{4}$/, "AAAA"), "*/*")).status).toBe(404);
    drive.advance(7 * 24 * 60 * 60 * 1000);
    expect((await put(unused, "*/*")).status).toBe(404);
  });

  it("with a bad token is 401, though it needs none", async () => {
    const session = await start();
    expect((await drive.call(session, { method: "PUT", email: "nobody@example.com" })).status).toBe(401);
  });

  it("is refused at its start when parent or id will not do, and at its end when the id was taken meanwhile", async () => {
    const send = (body: object) => drive.json(START, { method: "POST", body });
    expect((await send({ parents: ["nowhere"] })).status).toBe(404);
    expect((await send({ id: "made-up" })).status).toBe(400);
    const { ids } = (await drive.json("/drive/v3/files/generateIds?count=1")).body;
    const [first, second] = [await start({ id: ids[0] }), await start({ id: ids[0] })];
    expect((await put(first, null, randomBytes(10))).status).toBe(200);
    expect((await put(second, null, randomBytes(10))).status).toBe(409);
    expect((await put(second, "*/*")).status).toBe(409);
    expect((await send({ id: ids[0] })).reason).toBe("fileIdInUse");
  });

  it("keeps what came before the connection broke, in multiples of 256 KiB", async () => {
    const session = await start();
    const breaking = new AbortController();
    const pieces = [randomBytes(CHUNK + 5000)];
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const piece = pieces.pop();
        if (piece) controller.enqueue(piece);
      },
    });
    const headers = { "content-range": `bytes 0-${4 * CHUNK - 1}/${4 * CHUNK}` };
    const sent = fetch(session, { method: "PUT", headers, body, duplex: "half", signal: breaking.signal });
    await expect.poll(async () => (await put(session, "*/*")).headers.get("range")).toBe("bytes=0-262143");
    breaking.abort();
    await expect(sent).rejects.toThrow();
    const rest = await put(session, `${CHUNK}-${4 * CHUNK - 1}/${4 * CHUNK}`, randomBytes(3 * CHUNK));
    expect(rest.status).toBe(200);
  });

  it("makes a new revision of a file that is there", async () => {
    const file = drive.store.addFile("101", {
      name: "a",
      mimeType: "text/plain",
      content: Buffer.from("old"),
    });
    const path = `/upload/drive/v3/files/${file.id}?uploadType=resumable&fields=id,name,headRevisionId`;
    const session = await start(
      { name: "b" },
      { path, method: "PATCH", headers: { "x-upload-content-type": "text/plain" } },
    );
    const changed = await fileIn(await put(session, null, Buffer.from("new")));
    expect(changed).toMatchObject({ id: file.id, name: "b" });
    expect(changed.headRevisionId).not.toBe(file.blob?.headRevisionId);
    expect(Buffer.from(drive.store.contentOf(file.id) ?? []).toString()).toBe("new");
  });

  it("ends with the same bytes, whatever chunks, repetitions and questions it is made of", async () => {
    const step = fc.record({
      bytes: fc.integer({ min: 1, max: 3 * CHUNK }),
      back: fc.integer({ min: 0, max: 2 * CHUNK }),
      ask: fc.boolean(),
      tellsTotal: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 * CHUNK }),
        fc.array(step, { maxLength: 8 }),
        async (total, steps) => {
          const bytes = randomBytes(total);
          const session = await start();
          let have = 0;
          for (const { bytes: length, back, ask, tellsTotal } of steps) {
            const from = Math.max(have - back, 0);
            const to = Math.min(from + length, total);
            const known = tellsTotal ? String(total) : "*";
            const response = await put(session, `${from}-${to - 1}/${known}`, bytes.subarray(from, to));
            if (response.status === 200) break;
            have = Number((await held(response))?.slice("bytes=0-".length) ?? -1) + 1;
            expect(have % CHUNK).toBe(0);
            if (ask)
              expect((await held(await put(session, "*/*")))?.length ?? 0).toBe(
                have === 0 ? 0 : `bytes=0-${have - 1}`.length,
              );
          }
          const status = await put(session, `*/${total}`);
          const last =
            status.status === 200
              ? status
              : await put(session, `${have}-${total - 1}/${total}`, bytes.subarray(have));
          const { id } = await fileIn(last);
          expect(Buffer.from(drive.store.contentOf(id) ?? []).equals(bytes)).toBe(true);
          expect(drive.store.get(id)?.blob?.checksums.sha256).toBe(
            createHash("sha256").update(bytes).digest("hex"),
          );
          drive.store.remove(id);
        },
      ),
      { numRuns: 40 },
    );
  }, 30_000);
});

describe("an upload in one request", () => {
  async function multipart(
    parts: readonly string[],
    type = "multipart/related; boundary=x",
    end = "\r\n--x--",
  ): Promise<{ status: number; body: Record<string, string> & { id: string } }> {
    const body = parts.map((part) => `--x\r\n${part}`).join("\r\n") + end;
    const path = "/upload/drive/v3/files?uploadType=multipart&fields=id,name,mimeType,size";
    const response = await drive.call(path, { method: "POST", headers: { "content-type": type }, body });
    return { status: response.status, body: JSON.parse(await response.text()) };
  }

  const METADATA = 'Content-Type: application/json\r\n\r\n{"name":"m.txt"}';

  it("brings metadata and bytes as two parts", async () => {
    const { status, body } = await multipart([
      METADATA,
      "Content-Type: text/plain\r\n\r\nline\r\n--xy\r\nend",
    ]);
    expect([status, body.name, body.mimeType]).toEqual([200, "m.txt", "text/plain"]);
    expect(Buffer.from(drive.store.contentOf(body.id) ?? []).toString()).toBe("line\r\n--xy\r\nend");
    const base64 = "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=";
    const { body: decoded } = await multipart([METADATA, base64]);
    expect(Buffer.from(drive.store.contentOf(decoded.id) ?? []).toString()).toBe("hello");
  });

  it("is refused when a part, the boundary or the end is missing", async () => {
    expect((await multipart([METADATA])).status).toBe(400);
    expect((await multipart([METADATA, "\r\nx"], "multipart/related")).status).toBe(400);
    expect((await multipart([METADATA, "\r\nx"], undefined, "")).status).toBe(400);
    expect((await multipart(["\r\nno json", "\r\nx"])).status).toBe(400);
    expect((await multipart([METADATA, "\r\nx", "\r\ny"])).status).toBe(400);
  });

  it("of bytes alone makes a file called Untitled of the type that the header names", async () => {
    const headers = { "content-type": "image/png; q=1" };
    const path = "/upload/drive/v3/files?uploadType=media&fields=name,mimeType,size";
    const response = await drive.call(path, { method: "POST", headers, body: randomBytes(3_000_000) });
    expect(await response.json()).toEqual({ name: "Untitled", mimeType: "image/png", size: "3000000" });
  });

  it("needs to say of which kind it is, and the right to write", async () => {
    expect((await drive.json("/upload/drive/v3/files", { method: "POST", body: {} })).status).toBe(400);
    const path = "/upload/drive/v3/files?uploadType=media";
    expect((await drive.json(path, { method: "POST", body: {}, scopes: ["drive.readonly"] })).status).toBe(
      403,
    );
    expect(
      (await drive.json("/upload/drive/v3/files/x?uploadType=multipart", { method: "PUT", body: {} })).status,
    ).toBe(404);
  });
});
