import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type FaultRig, withFaults } from "./testing/with-faults.ts";

const CHUNK = "upload.resumable.chunk";
const UNIT_BYTES = 262_144;

async function startUpload({ ask }: FaultRig, metadata: object): Promise<string> {
  const { headers } = await ask("/upload/drive/v3/files?uploadType=resumable&fields=id,md5Checksum", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify(metadata)),
  });
  return headers.get("location") ?? "";
}

/** Sends all bytes from one on, and says how much is held afterwards: null when the answer does not say. */
async function send({ ask }: FaultRig, session: string, bytes: Buffer, from = 0) {
  const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
  const body = bytes.subarray(from);
  const {
    status,
    headers,
    end,
    body: answer,
  } = await ask(session, {
    method: "PUT",
    headers: { "content-range": range },
    body,
  });
  return { status, end, range: headers.get("range"), answer: answer.toString() };
}

async function askStatus({ ask }: FaultRig, session: string, totalBytes: number) {
  const headers = { "content-range": `bytes */${totalBytes}`, "content-length": "0" };
  const { status, headers: told } = await ask(session, { method: "PUT", headers });
  return { status, range: told.get("range") };
}

describe("a fault of an upload", () => {
  it("reset after so many bytes of the request: what had come is kept, in whole units of 256 KiB", () =>
    withFaults(async (rig) => {
      const bytes = Buffer.alloc(1_000_000, 7);
      const session = await startUpload(rig, { name: "broken" });
      rig.put({ route: CHUNK, attempt: 1, fault: { kind: "reset", afterRequestBytes: 600_000 } });
      expect(await send(rig, session, bytes)).toMatchObject({ status: 0, end: "reset" });
      const [entry] = await rig.sandbox.requests.waitFor({ kind: CHUNK, outcome: "cut" });
      expect(entry).toMatchObject({ fault: "reset", status: 0, bytesOut: 0, email: "alice@example.com" });
      expect(rig.sandbox.requests.find({ kind: CHUNK })).toHaveLength(1);
      const held = `bytes=0-${2 * UNIT_BYTES - 1}`;
      expect(await askStatus(rig, session, bytes.length)).toEqual({ status: 308, range: held });
      expect(await send(rig, session, bytes, 2 * UNIT_BYTES)).toMatchObject({ status: 200 });
    }));

  it("reset after so many bytes of a body that is read whole before it is looked at: there is no effect", () =>
    withFaults(async (rig) => {
      rig.put({ route: "files.update", fault: { kind: "reset", afterRequestBytes: 3 } });
      const { status, end } = await rig.ask(`/drive/v3/files/${rig.file.id}`, {
        method: "PATCH",
        headers: { "content-type": "application/json" },
        body: Buffer.from('{"name":"other"}'),
      });
      expect({ status, end }).toEqual({ status: 0, end: "reset" });
      expect(rig.sandbox.drive.get(rig.file.id)?.name).toBe("a.jpg");
    }));

  it("withhold: a 308 comes without Range, as if nothing were held", () =>
    withFaults(async (rig) => {
      const session = await startUpload(rig, { name: "forgetful" });
      rig.put({ route: CHUNK, attempt: 1, fault: { kind: "withhold" } });
      const answer = await rig.ask(session, {
        method: "PUT",
        headers: { "content-range": "bytes 0-262143/500000" },
        body: Buffer.alloc(UNIT_BYTES),
      });
      expect([answer.status, answer.headers.get("range")]).toEqual([308, null]);
      expect(await askStatus(rig, session, 500_000)).toEqual({ status: 308, range: "bytes=0-262143" });
    }));

  it("partialPersist: part of the chunk is kept, Range says so, and the rest can be sent again", () =>
    withFaults(async (rig) => {
      const bytes = Buffer.from(Array.from({ length: 900_000 }, (_, index) => index % 251));
      const session = await startUpload(rig, { name: "half kept" });
      rig.put({ route: CHUNK, times: 2, fault: { kind: "partialPersist", keptBytes: 300_000 } });
      const first = await send(rig, session, bytes);
      expect(first).toMatchObject({ status: 308, range: `bytes=0-${UNIT_BYTES - 1}` });
      const second = await send(rig, session, bytes, UNIT_BYTES);
      expect(second).toMatchObject({ status: 308, range: `bytes=0-${2 * UNIT_BYTES - 1}` });
      const third = await send(rig, session, bytes, 2 * UNIT_BYTES);
      expect(third.status).toBe(200);
      expect(JSON.parse(third.answer).md5Checksum).toBe(createHash("md5").update(bytes).digest("hex"));
    }));

  it("partialPersist: an upload that comes whole and without Content-Range is kept in part as well", () =>
    withFaults(async (rig) => {
      const session = await startUpload(rig, { name: "whole" });
      rig.put({ route: CHUNK, attempt: 1, fault: { kind: "partialPersist", keptBytes: UNIT_BYTES } });
      const { status, headers } = await rig.ask(session, { method: "PUT", body: Buffer.alloc(300_000) });
      expect([status, headers.get("range")]).toEqual([308, `bytes=0-${UNIT_BYTES - 1}`]);
    }));

  it("slow: a request's body is read slowly, and whole", () =>
    withFaults(async (rig) => {
      rig.put({ route: "upload.media", fault: { kind: "slow", bytesPerSecond: 5_000_000, of: "request" } });
      const body = Buffer.alloc(300_000, 3);
      const path = "/upload/drive/v3/files?uploadType=media&fields=size";
      const sent = await rig.ask(path, { method: "POST", headers: { "content-type": "image/png" }, body });
      expect(JSON.parse(sent.body.toString())).toEqual({ size: "300000" });
    }));

  it("is found by the name, the reserved id and the person of the upload's start, and attempts count across sessions", () =>
    withFaults(async (rig) => {
      const reserved = JSON.parse((await rig.ask("/drive/v3/files/generateIds?count=1")).body.toString());
      const id: string = reserved.ids[0];
      const named = await startUpload(rig, { name: "IMG_1.jpg" });
      const again = await startUpload(rig, { name: "IMG_1.jpg" });
      const withId = await startUpload(rig, { name: "IMG_2.jpg", id });
      const down = (status: number) => ({ kind: "status", status }) as const;
      rig.put(
        { route: CHUNK, name: "IMG_1*", attempt: 2, fault: down(500) },
        { route: CHUNK, file: id, fileMayAppear: true, fault: down(502) },
        { route: CHUNK, email: "bob@example.com", fault: down(504) },
      );
      const bytes = Buffer.alloc(5);
      const anonymous = { authorization: "" };
      const statuses = [];
      for (const session of [named, again, withId]) {
        const answer = await rig.ask(session, { method: "PUT", headers: anonymous, body: bytes });
        statuses.push(answer.status);
      }
      expect(statuses).toEqual([200, 500, 502]);
      expect(rig.lastEntry()).toMatchObject({ fault: "status", email: "alice@example.com" });
    }));
});
