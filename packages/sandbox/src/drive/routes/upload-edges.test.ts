import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DriveJson, startTestDrive, type TestDrive } from "../testing/start-test-drive.ts";

const CHUNK = 262_144;
const SIZE_TOLD = { "x-upload-content-length": String(CHUNK) };
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const START = "/upload/drive/v3/files?uploadType=resumable&fields=id,name,size,md5Checksum";
let drive: TestDrive;

beforeAll(async () => {
  drive = await startTestDrive();
});
afterAll(() => drive.close());

async function start(body: object = {}, headers: Record<string, string> = {}, path = START): Promise<string> {
  const response = await drive.call(path, {
    method: path.includes("/files/") ? "PATCH" : "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  });
  expect(response.status).toBe(200);
  return response.headers.get("location") ?? "";
}

function put(session: string, range: string | null, body?: Uint8Array<ArrayBuffer>, method = "PUT") {
  const headers: Record<string, string> = range === null ? {} : { "content-range": `bytes ${range}` };
  return drive.call(session, { method, headers, scopes: null, ...(body && { body }) });
}

/** The status, and how many bytes are held: null for no Range header at all. */
async function standing(response: Response): Promise<[number, number | null]> {
  await response.arrayBuffer();
  const range = response.headers.get("range");
  return [response.status, range === null ? null : Number(range.slice("bytes=0-".length)) + 1];
}

async function fileIn(response: Response): Promise<DriveJson> {
  return JSON.parse(await response.text());
}

/** Sends the head of a chunk and part of its body by hand, and breaks the connection once those bytes have been taken. */
async function sendAndBreak(
  session: string,
  { range, bytes, sent }: { range: string; bytes: Uint8Array; sent: number },
) {
  const { pathname, search, port } = new URL(session);
  const mark = drive.requests.mark();
  const socket = connect(Number(port), "127.0.0.1");
  const head = `PUT ${pathname}${search} HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes.byteLength}\r\nContent-Range: bytes ${range}\r\n\r\n`;
  await new Promise<void>((resolve) => socket.write(head, () => resolve()));
  await new Promise<void>((resolve) => socket.write(bytes.subarray(0, sent), () => resolve()));
  socket.destroySoon();
  await expect.poll(() => drive.requests.since(mark).length, { interval: 2 }).toBeGreaterThan(0);
}

describe("a chunk of a resumable upload", () => {
  it("that is one of more is answered 308 with the last byte held, and without a body", async () => {
    const session = await start();
    const answer = await put(session, `0-${CHUNK - 1}/${CHUNK * 3}`, randomBytes(CHUNK));
    expect([answer.status, answer.headers.get("range"), await answer.text()]).toEqual([
      308,
      `bytes=0-${CHUNK - 1}`,
      "",
    ]);
  });

  it("too small to be kept leaves nothing held: 308 without Range", async () => {
    const session = await start();
    expect(await standing(await put(session, "0-999/5000", randomBytes(1000)))).toEqual([308, null]);
    expect(await standing(await put(session, "*/5000"))).toEqual([308, null]);
  });

  it("may overlap what is held, and only what is new counts", async () => {
    const bytes = randomBytes(CHUNK * 3);
    const session = await start();
    await put(session, `0-${2 * CHUNK - 1}/${bytes.byteLength}`, bytes.subarray(0, 2 * CHUNK));
    const other = Buffer.concat([randomBytes(CHUNK), bytes.subarray(2 * CHUNK)]);
    const { id } = await fileIn(await put(session, `${CHUNK}-${3 * CHUNK - 1}/${3 * CHUNK}`, other));
    expect(Buffer.from(drive.store.contentOf(id) ?? []).equals(bytes)).toBe(true);
  });

  it("behind a gap is 503, and the session goes on where it was", async () => {
    const session = await start();
    await put(session, `0-${CHUNK - 1}/*`, randomBytes(CHUNK));
    expect((await put(session, `${2 * CHUNK}-${3 * CHUNK - 1}/*`, randomBytes(CHUNK))).status).toBe(503);
    expect(await standing(await put(session, "*/*"))).toEqual([308, CHUNK]);
  });

  it.each([
    ["0-9/5", 10],
    ["5-2/10", 4],
    ["0-9/10", 9],
    ["0-9/10", 0],
    ["a-b/c", 3],
    ["0-9", 10],
    ["*/0", 0],
    ["0-9/99999999999999999999", 10],
    ["0-99999999999999999999/*", 10],
  ])("described by %s with %i bytes is 400", async (range, length) => {
    const session = await start();
    expect((await put(session, range, randomBytes(length))).status).toBe(400);
    expect(await standing(await put(session, "*/*"))).toEqual([308, null]);
  });

  it("that tells another total than before is 400", async () => {
    const session = await start();
    await put(session, `0-${CHUNK - 1}/${CHUNK * 4}`, randomBytes(CHUNK));
    expect((await put(session, `${CHUNK}-${2 * CHUNK - 1}/${CHUNK * 5}`, randomBytes(CHUNK))).status).toBe(
      400,
    );
    expect((await put(session, `*/${CHUNK * 5}`)).status).toBe(400);
  });

  it("that ends behind the size declared at the start is 400, whether it tells a total or not", async () => {
    const session = await start({}, { "x-upload-content-length": String(CHUNK) });
    expect((await put(session, `0-${2 * CHUNK - 1}/*`, randomBytes(2 * CHUNK))).status).toBe(400);
    expect((await put(session, `0-${2 * CHUNK - 1}/${2 * CHUNK}`, randomBytes(2 * CHUNK))).status).toBe(400);
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let n = 0; n < 4; n += 1) controller.enqueue(randomBytes(CHUNK));
        controller.close();
      },
    });
    const whole = await drive.call(session, { method: "PUT", body: stream, scopes: null });
    expect(whole.status).toBe(400);
    expect((await put(session, `0-${CHUNK - 1}/*`, randomBytes(CHUNK))).status).toBe(200);
  });

  it.each([
    ["is longer than its range", [`0-${CHUNK - 1}/${CHUNK}`, CHUNK + 5, {}]],
    ["is shorter than its range", [`0-${2 * CHUNK - 1}/${2 * CHUNK}`, CHUNK, {}]],
    ["is longer than its range, of a size told before", [`0-${CHUNK - 1}/*`, CHUNK + 5, SIZE_TOLD]],
    ["is longer than the whole file, of a size told before", [null, CHUNK + 5, SIZE_TOLD]],
  ] as const)(
    "whose body %s, as its end alone shows, is 400 and nothing of it is kept",
    async (_case, given) => {
      const [range, length, headers] = given;
      const session = await start({}, headers);
      const bytes = randomBytes(length);
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          for (let at = 0; at < length; at += CHUNK / 4)
            controller.enqueue(bytes.subarray(at, at + CHUNK / 4));
          controller.close();
        },
      });
      const described = range === null ? {} : { "content-range": `bytes ${range}` };
      const refused = await drive.call(session, {
        method: "PUT",
        body: stream,
        headers: described,
        scopes: null,
      });
      expect(refused.status).toBe(400);
      expect(await standing(await put(session, "*/*"))).toEqual([308, null]);
      expect(await standing(await put(session, `*/${CHUNK}`))).toEqual([308, null]);
      const whole = randomBytes(CHUNK);
      const { id } = await fileIn(await put(session, `0-${CHUNK - 1}/${CHUNK}`, whole));
      expect(Buffer.from(drive.store.contentOf(id) ?? []).equals(whole)).toBe(true);
    },
  );

  it("can come by POST as well, to the address of a new file and of one that is there", async () => {
    const bytes = randomBytes(CHUNK + 10);
    const session = await start({ name: "posted" });
    const first = await put(session, `0-${CHUNK - 1}/${bytes.byteLength}`, bytes.subarray(0, CHUNK), "POST");
    expect(await standing(first)).toEqual([308, CHUNK]);
    const { id } = await fileIn(
      await put(session, `${CHUNK}-${CHUNK + 9}/${CHUNK + 10}`, bytes.subarray(CHUNK), "POST"),
    );
    const update = await start({}, {}, START.replace("/files?", `/files/${id}?`));
    expect((await put(update, null, Buffer.from("new"), "POST")).status).toBe(200);
    expect(Buffer.from(drive.store.contentOf(id) ?? []).toString()).toBe("new");
    expect(drive.requests.since(0).at(-1)?.kind).toBe("upload.resumable.chunk");
  });
});

describe("an upload session", () => {
  it("answers a status query before, amid and after, with the same file each time", async () => {
    const bytes = randomBytes(CHUNK + 1);
    const session = await start({ name: "asked" });
    expect(await standing(await put(session, "*/*"))).toEqual([308, null]);
    await put(session, `0-${CHUNK - 1}/*`, bytes.subarray(0, CHUNK));
    expect(await standing(await put(session, `*/${CHUNK + 1}`))).toEqual([308, CHUNK]);
    const last = await fileIn(await put(session, `${CHUNK}-${CHUNK}/${CHUNK + 1}`, bytes.subarray(CHUNK)));
    for (const range of ["*/*", `*/${CHUNK + 1}`]) {
      const later = await put(session, range);
      expect([later.status, await fileIn(later)]).toEqual([200, last]);
    }
  });

  it("makes an empty file of no bytes without Content-Range", async () => {
    const { id, size } = await fileIn(await put(await start({ name: "empty" }), null, new Uint8Array()));
    expect([size, drive.store.contentOf(id)?.byteLength]).toEqual(["0", 0]);
  });

  it("makes one file when the last chunk comes twice at the same time", async () => {
    const bytes = randomBytes(3 * CHUNK + 7);
    const session = await start({ name: "both at once" });
    const range = `0-${bytes.byteLength - 1}/${bytes.byteLength}`;
    const answers = await Promise.all([
      put(session, range, bytes),
      put(session, range, bytes),
      put(session, range, bytes),
    ]);
    const ids = await Promise.all(answers.map(async (answer) => [answer.status, (await fileIn(answer)).id]));
    expect(new Set(ids.map(String)).size).toBe(1);
    expect(drive.store.listAll("101").filter(({ name }) => name === "both at once")).toHaveLength(1);
    expect(Buffer.from(drive.store.contentOf(String(ids[0]?.[1])) ?? []).equals(bytes)).toBe(true);
  });

  it("lives for a week after it was last used, and is then 404 or, if so set, 410", async () => {
    const [used, unused] = [await start(), await start()];
    drive.advance(WEEK_MS - 1);
    expect((await put(used, "*/*")).status).toBe(308);
    drive.advance(WEEK_MS - 1);
    expect((await put(used, "*/*")).status).toBe(308);
    expect(await drive.json(unused, { method: "PUT", scopes: null })).toMatchObject({
      status: 404,
      reason: "notFound",
    });
    drive.settings.change({ drive: { lostUploadStatus: 410 } });
    expect((await put(unused, "*/*")).status).toBe(410);
    expect((await drive.call(unused, { method: "DELETE", scopes: null })).status).toBe(410);
    drive.settings.change({ drive: { lostUploadStatus: 404 } });
  });

  it("that was cancelled is 499 for chunks, queries and further cancellations", async () => {
    const session = await start();
    await put(session, `0-${CHUNK - 1}/*`, randomBytes(CHUNK));
    const cancel = () => drive.call(session, { method: "DELETE", scopes: null });
    expect((await cancel()).status).toBe(499);
    expect((await put(session, "*/*")).status).toBe(499);
    expect((await put(session, `${CHUNK}-${CHUNK + 9}/${CHUNK + 10}`, randomBytes(10))).status).toBe(499);
    expect((await cancel()).status).toBe(499);
  });

  it("cannot be opened with a declared size that is none, nor found without its secret", async () => {
    for (const size of ["x", "-1", "1.5", "99999999999999999999"]) {
      const answer = await drive.json(START, {
        method: "POST",
        body: {},
        headers: { "x-upload-content-length": size },
      });
      expect(answer.status).toBe(400);
    }
    const session = new URL(await start());
    session.searchParams.delete("session_crd");
    expect((await put(session.href, "*/*")).status).toBe(404);
  });

  it("keeps the aligned part of a chunk whose connection breaks before its Content-Length", async () => {
    const session = await start();
    const bytes = randomBytes(4 * CHUNK);
    await sendAndBreak(session, { range: `0-${4 * CHUNK - 1}/${4 * CHUNK}`, bytes, sent: 2 * CHUNK + 99 });
    expect(await standing(await put(session, "*/*"))).toEqual([308, 2 * CHUNK]);
    const rest = await put(session, `${2 * CHUNK}-${4 * CHUNK - 1}/${4 * CHUNK}`, bytes.subarray(2 * CHUNK));
    const { id } = await fileIn(rest);
    expect(Buffer.from(drive.store.contentOf(id) ?? []).equals(bytes)).toBe(true);
  });

  it("ends with the same bytes through connections broken amid chunks, lost answers and questions in any order", async () => {
    const step = fc.record({
      bytes: fc.integer({ min: 1, max: 3 * CHUNK }),
      back: fc.integer({ min: 0, max: CHUNK }),
      mishap: fc.constantFrom("none", "break", "lostAnswer", "questionsMeanwhile"),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 * CHUNK }),
        fc.array(step, { maxLength: 6 }),
        async (total, steps) => {
          const bytes = randomBytes(total);
          const session = await start();
          const ask = async () => await standing(await put(session, "*/*"));
          for (const { bytes: length, back, mishap, share } of steps) {
            const [status, known] = await ask();
            if (status === 200) break;
            expect((known ?? 0) % CHUNK).toBe(0);
            const from = Math.max((known ?? 0) - back, 0);
            const to = Math.min(from + length, total);
            const chunk = { range: `${from}-${to - 1}/${total}`, bytes: bytes.subarray(from, to) };
            if (mishap === "break") {
              await sendAndBreak(session, { ...chunk, sent: Math.floor(share * (to - from - 1)) });
              continue;
            }
            const sent = put(session, chunk.range, chunk.bytes);
            if (mishap === "questionsMeanwhile") await Promise.all([ask(), ask()]);
            if (mishap === "lostAnswer") await sent.then((answer) => answer.body?.cancel());
            else await standing(await sent);
          }
          const [, known] = await ask();
          const rest = known === null ? bytes : bytes.subarray(known);
          const status = await put(session, `*/${total}`);
          const last =
            status.status === 200 ? status : await put(session, `${known ?? 0}-${total - 1}/${total}`, rest);
          const { id } = await fileIn(last);
          expect(Buffer.from(drive.store.contentOf(id) ?? []).equals(bytes)).toBe(true);
          drive.store.remove(id);
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);
});

describe("an upload in one request", () => {
  it("by PUT is 404, and by POST to a file that is there as well", async () => {
    const { id } = drive.store.addFile("101", {
      name: "a",
      mimeType: "text/plain",
      content: Buffer.from("old"),
    });
    for (const [method, uploadType] of [
      ["PUT", "multipart"],
      ["PUT", "media"],
      ["POST", "media"],
    ] as const) {
      const answer = await drive.call(`/upload/drive/v3/files/${id}?uploadType=${uploadType}`, {
        method,
        body: "new",
      });
      expect([method, answer.status]).toEqual([method, 404]);
    }
    const path = `/upload/drive/v3/files/${id}?uploadType=media`;
    expect(
      (await drive.call(path, { method: "PATCH", body: "new", headers: { "content-type": "text/plain" } }))
        .status,
    ).toBe(200);
    expect(Buffer.from(drive.store.contentOf(id) ?? []).toString()).toBe("new");
  });
});
