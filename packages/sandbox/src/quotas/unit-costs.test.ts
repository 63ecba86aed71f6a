import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestDrive, type TestDrive } from "../drive/testing/start-test-drive.ts";

const ABOUT = "/drive/v3/about?fields=user";

let drive: TestDrive;

beforeEach(async () => {
  drive = await startTestDrive();
});
afterEach(() => drive.close());

function usedBy(email: string) {
  return drive.quotas.report().users.find((user) => user.email === email);
}

function batchOf(ids: readonly string[]) {
  const parts = ids.map(
    (id) => `--b\r\nContent-Type: application/http\r\n\r\nGET /drive/v3/files/${id}\r\n\r\n`,
  );
  const headers = { "content-type": "multipart/mixed; boundary=b" };
  return drive.call("/batch/drive/v3", { method: "POST", headers, body: `${parts.join("")}--b--` });
}

describe("a call", () => {
  it("costs its caller what the table says: 5 to read, 100 to list, 200 to download, 50 to edit", async () => {
    const { id } = drive.store.addFile("101", { name: "a", mimeType: "image/png", content: randomBytes(9) });
    const document = { name: "d", mimeType: "application/vnd.google-apps.document", content: null };
    const exported = drive.store.addFile("101", document);
    await drive.call(`/drive/v3/files/${id}`);
    await drive.call(ABOUT);
    await drive.call("/drive/v3/files/generateIds");
    await drive.call("/drive/v3/files");
    await drive.call(`/drive/v3/files/${id}?alt=media`);
    await drive.call(`/drive/v3/files/${exported.id}/export?mimeType=text/plain`);
    await drive.json("/drive/v3/files", { method: "POST", body: {} });
    await drive.json(`/drive/v3/files/${id}`, { method: "PATCH", body: { name: "b" } });
    await drive.json(`/drive/v3/files/${id}/copy`, { method: "POST", body: {} });
    await drive.call("/upload/drive/v3/files?uploadType=media", { method: "POST", body: randomBytes(10) });
    await drive.call(`/drive/v3/files/${id}`, { method: "DELETE" });
    expect(drive.requests.since(0).map(({ kind, units }) => `${kind} ${units}`)).toEqual([
      "files.get 5",
      "about 5",
      "generateIds 5",
      "files.list 100",
      "files.get.media 200",
      "files.export 200",
      "files.create 50",
      "files.update 50",
      "files.copy 50",
      "upload.media 50",
      "files.delete 50",
    ]);
    expect(usedBy("alice@example.com")).toMatchObject({ units: 765, calls: 11, creations: 3 });
  });

  it("costs the same whether it succeeds or not, and nothing when the credential is refused", async () => {
    expect((await drive.json("/drive/v3/files/nothing")).status).toBe(404);
    expect((await drive.json(ABOUT, { email: "nobody@example.com" })).status).toBe(401);
    expect((await drive.json(ABOUT, { scopes: null })).status).toBe(403);
    expect(drive.requests.since(0).map(({ units }) => units)).toEqual([5, 0, 0]);
  });

  it("within a batch costs what it costs alone: fifty of files.get are 250 units, and the batch itself is free", async () => {
    const { id } = drive.store.addFile("101", { name: "a", mimeType: "image/png", content: randomBytes(9) });
    expect((await batchOf(Array.from({ length: 50 }, () => id))).status).toBe(200);
    expect(usedBy("alice@example.com")).toMatchObject({
      units: 250,
      calls: 50,
      callsByKind: { "files.get": 50 },
    });
  });

  it("to upload is charged once: chunks and status queries cost nothing", async () => {
    const start = "/upload/drive/v3/files?uploadType=resumable";
    const session = (await drive.call(start, { method: "POST" })).headers.get("location") ?? "";
    const chunk = { method: "PUT", headers: { "content-range": "bytes 0-262143/300000" }, scopes: null };
    expect((await drive.call(session, { ...chunk, body: randomBytes(262_144) })).status).toBe(308);
    await drive.call(session, { ...chunk, headers: { "content-range": "bytes */*" } });
    const rest = { ...chunk, headers: { "content-range": "bytes 262144-299999/300000" } };
    expect((await drive.call(session, { ...rest, body: randomBytes(37_856) })).status).toBe(200);
    expect(usedBy("alice@example.com")).toMatchObject({ units: 50, creations: 1, bytesUp: 300_000 });
  });
});
