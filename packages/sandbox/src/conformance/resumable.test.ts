import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refusalIn } from "./refusal-of.ts";
import { startTarget, type Target } from "./start-target.ts";

const KIBIBYTE = 1024;
const UNIT_BYTES = 256 * KIBIBYTE;
let target: Target;

beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

async function start(name: string, sizeBytes?: number): Promise<string> {
  const response = await target.fetch(
    "upload/drive/v3/files?uploadType=resumable&fields=id,size,md5Checksum",
    {
      method: "POST",
      headers: {
        "content-type": "application/json; charset=UTF-8",
        "x-upload-content-type": "image/png",
        ...(sizeBytes !== undefined && { "x-upload-content-length": String(sizeBytes) }),
      },
      body: JSON.stringify({ name, parents: [target.folderId] }),
    },
  );
  expect([response.status, await response.text()]).toEqual([200, ""]);
  return response.headers.get("location") ?? "";
}

async function put(session: string, contentRange: string | null, body?: Uint8Array<ArrayBuffer>) {
  const response = await target.fetch(session, {
    method: "PUT",
    headers: contentRange === null ? {} : { "content-range": contentRange },
    body: body ?? "",
  });
  const text = await response.text();
  return { status: response.status, range: response.headers.get("range"), text };
}

const rangeOf = (start: number, end: number, total: number | "*") => `bytes ${start}-${end - 1}/${total}`;
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

describe("a resumable upload", () => {
  it("of more than 20 MB goes in chunks, and ends with the metadata that its start asked for", async () => {
    const bytes = randomBytes(20 * KIBIBYTE * KIBIBYTE + 17);
    const session = await start("chunked.png", bytes.length);
    expect(new URL(session).searchParams.get("upload_id")).toEqual(expect.any(String));
    for (let held = 0; held < bytes.length; ) {
      const end = Math.min(held + 8 * KIBIBYTE * KIBIBYTE, bytes.length);
      const answer = await put(session, rangeOf(held, end, bytes.length), bytes.subarray(held, end));
      if (end < bytes.length) expect(answer).toEqual({ status: 308, range: `bytes=0-${end - 1}`, text: "" });
      else {
        expect([200, 201]).toContain(answer.status);
        expect(JSON.parse(answer.text)).toMatchObject({
          size: String(bytes.length),
          md5Checksum: md5(bytes),
        });
      }
      held = end;
    }
  }, 120_000);

  it("that holds nothing yet says 308 without a Range", async () => {
    const session = await start("nothing.png", UNIT_BYTES);
    expect(await put(session, `bytes */${UNIT_BYTES}`)).toEqual({ status: 308, range: null, text: "" });
  });

  it("drops what a chunk has beyond a multiple of 256 KiB, and goes on behind what it holds", async () => {
    const bytes = randomBytes(UNIT_BYTES + 100_000);
    const session = await start("tail.png", bytes.length);
    const first = await put(session, rangeOf(0, 300_000, bytes.length), bytes.subarray(0, 300_000));
    expect(first).toMatchObject({ status: 308, range: `bytes=0-${UNIT_BYTES - 1}` });
    const again = await put(session, rangeOf(0, UNIT_BYTES, bytes.length), bytes.subarray(0, UNIT_BYTES));
    expect(again).toMatchObject({ status: 308, range: `bytes=0-${UNIT_BYTES - 1}` });
    const last = await put(
      session,
      rangeOf(UNIT_BYTES, bytes.length, bytes.length),
      bytes.subarray(UNIT_BYTES),
    );
    expect(JSON.parse(last.text)).toMatchObject({ md5Checksum: md5(bytes) });
  });

  it("of unknown length ends with the chunk that names the total", async () => {
    const bytes = randomBytes(UNIT_BYTES + 5);
    const session = await start("unknown.png");
    const first = await put(session, rangeOf(0, UNIT_BYTES, "*"), bytes.subarray(0, UNIT_BYTES));
    expect(first).toMatchObject({ status: 308, range: `bytes=0-${UNIT_BYTES - 1}` });
    expect(await put(session, "bytes */*")).toMatchObject({
      status: 308,
      range: `bytes=0-${UNIT_BYTES - 1}`,
    });
    const last = await put(
      session,
      rangeOf(UNIT_BYTES, bytes.length, bytes.length),
      bytes.subarray(UNIT_BYTES),
    );
    expect(JSON.parse(last.text)).toMatchObject({ size: String(bytes.length), md5Checksum: md5(bytes) });
  });

  it("that is complete answers a question with the same metadata", async () => {
    const bytes = randomBytes(1_000);
    const session = await start("asked.png", bytes.length);
    const last = await put(session, rangeOf(0, bytes.length, bytes.length), bytes);
    const asked = await put(session, `bytes */${bytes.length}`);
    expect(asked.status).toBe(200);
    expect(JSON.parse(asked.text)).toEqual(JSON.parse(last.text));
  });

  it("of an empty file goes without a Content-Range", async () => {
    const session = await start("empty.png", 0);
    expect(JSON.parse((await put(session, null)).text)).toMatchObject({ size: "0" });
  });

  it("that was cancelled answers 499, and so does every question after", async () => {
    const session = await start("cancelled.png", UNIT_BYTES);
    const cancelled = await refusalIn(await target.fetch(session, { method: "DELETE" }));
    expect(cancelled).toMatchObject({ status: 499, reason: "clientClosedRequest" });
    expect((await put(session, `bytes */${UNIT_BYTES}`)).status).toBe(499);
  });

  it("is refused at its start when the folder is not there", async () => {
    const response = await target.fetch("upload/drive/v3/files?uploadType=resumable", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "lost", parents: [`1${"x".repeat(32)}`] }),
    });
    expect(await refusalIn(response)).toMatchObject({ status: 404, reason: "notFound" });
  });
});
