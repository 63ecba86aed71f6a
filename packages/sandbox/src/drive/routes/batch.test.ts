import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestDrive, testToken, type TestDrive } from "../testing/start-test-drive.ts";

let drive: TestDrive;

beforeAll(async () => {
  drive = await startTestDrive();
});
afterAll(() => drive.close());

function batch(parts: readonly string[], scopes: readonly string[] | null = ["drive"]) {
  const written = parts.map(
    (part, n) =>
      `--b\r\nContent-Type: application/http\r\nContent-ID: <item-${n + 1}>\r\n\r\n${part}\r\n\r\n`,
  );
  const headers = { "content-type": "multipart/mixed; boundary=b" };
  const body = `${written.join("")}--b--`;
  return drive.call("/batch/drive/v3", { method: "POST", headers, body, scopes });
}

async function statuses(response: Response): Promise<Record<string, number>> {
  const text = await response.text();
  const found = text.matchAll(/Content-ID: <response-(.+)>\r\n\r\nHTTP\/1\.1 (\d+)/g);
  return Object.fromEntries([...found].map(([, id, status]) => [id, Number(status)]));
}

describe("a batch", () => {
  it("answers each call under its own id, whatever becomes of the others", async () => {
    const file = drive.store.addFile("101", { name: "a", mimeType: "text/plain", content: Buffer.from("x") });
    const rename = '{"name":"b"}';
    const response = await batch([
      `GET /drive/v3/files/${file.id}?fields=id,name HTTP/1.1`,
      "GET /drive/v3/files/nowhere HTTP/1.1",
      `GET /drive/v3/files/${file.id}?alt=media HTTP/1.1`,
      `PATCH /drive/v3/files/${file.id} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: ${rename.length}\r\n\r\n${rename}`,
      `GET /drive/v3/files/${file.id}/export?mimeType=x HTTP/1.1`,
    ]);
    expect(response.headers.get("content-type")).toMatch(/^multipart\/mixed; boundary=batch_/);
    expect(await statuses(response)).toEqual({
      "item-1": 200,
      "item-2": 404,
      "item-3": 302,
      "item-4": 200,
      "item-5": 400,
    });
    expect(drive.store.get(file.id)?.name).toBe("b");
  });

  it("lends its token to the calls that have none of their own", async () => {
    const bob = `Authorization: Bearer ${testToken({ email: "bob@example.com" })}`;
    const about = "GET /drive/v3/about?fields=user HTTP/1.1";
    const text = await (await batch([about, `${about}\r\n${bob}`])).text();
    expect(text).toContain("alice@example.com");
    expect(text).toContain("bob@example.com");
    expect(await statuses(await batch([about], null))).toEqual({ "item-1": 403 });
  });

  it("has up to a hundred calls, each of them counted", async () => {
    const before = drive.requests.mark();
    const about = "GET /drive/v3/about?fields=kind HTTP/1.1";
    expect(Object.keys(await statuses(await batch(Array(100).fill(about))))).toHaveLength(100);
    expect(drive.requests.since(before).filter(({ kind }) => kind === "about")).toHaveLength(100);
    expect((await batch(Array(101).fill(about))).status).toBe(400);
    expect((await batch([])).status).toBe(400);
    expect((await batch(["what is this"])).status).toBe(400);
  });

  it("is not to be had at the global address, which is 404 since 2020", async () => {
    const headers = { "content-type": "multipart/mixed; boundary=b" };
    const answer = await drive.call("/batch", { method: "POST", headers, body: "--b--" });
    expect(answer.status).toBe(404);
  });

  it("refuses batches, uploads, exports and addresses that are none within it, each by itself", async () => {
    const about = "GET /drive/v3/about?fields=kind HTTP/1.1";
    const response = await batch([
      "POST /batch/drive/v3 HTTP/1.1\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c--",
      "POST /upload/drive/v3/files?uploadType=media HTTP/1.1\r\n\r\nbytes",
      "GET /drive/v3/files/x/export?mimeType=text/plain HTTP/1.1",
      "GET // HTTP/1.1",
      "GET /drive/v3/files/%zz HTTP/1.1",
      "TRACE /drive/v3/files HTTP/1.1",
      `GET /drive/v3/files?q=${"x".repeat(20_000)} HTTP/1.1`,
      about,
    ]);
    expect(response.status).toBe(200);
    const found = await statuses(response);
    expect(Object.values(found).filter((status) => status === 400)).toHaveLength(7);
    expect(found["item-8"]).toBe(200);
  });

  it("answers in another order than it was asked, and a download with 302 and an error that says so", async () => {
    const file = drive.store.addFile("101", { name: "a", mimeType: "text/plain", content: Buffer.from("x") });
    const about = "GET /drive/v3/about?fields=kind HTTP/1.1";
    const text = await (
      await batch([about, about, `GET /drive/v3/files/${file.id}?alt=media HTTP/1.1`])
    ).text();
    expect([...text.matchAll(/<response-(item-\d)>/g)].map(([, id]) => id)).toEqual([
      "item-3",
      "item-2",
      "item-1",
    ]);
    expect(text).toMatch(/HTTP\/1\.1 302 Found\r\n[\s\S]*location: http[\s\S]*"reason": "backendError"/i);
  });

  it("sends downloads elsewhere and refuses exports however they are written", async () => {
    const bytes = { mimeType: "text/plain", content: Buffer.from("x") };
    const { id } = drive.store.addFile("101", { name: "a", ...bytes });
    const mimeType = "application/vnd.google-apps.document";
    const document = drive.store.addFile("101", { name: "d", mimeType, content: null });
    const exported = `GET /drive/v3/files/${document.id}`;
    const response = await batch([
      `GET /drive/v3/files/${id}?alt=MEDIA HTTP/1.1`,
      `GET /drive/v3/files/${id}?%61lt=m%65dia HTTP/1.1`,
      `GET /drive/v3/files/${id}?alt=Media&alt=json HTTP/1.1`,
      `${exported}/%65xport?mimeType=text/plain HTTP/1.1`,
      `${exported}/x/../exp%6Frt?mimeType=text/plain HTTP/1.1`,
      `GET /drive/v3/files/%65${id}?alt=json HTTP/1.1`,
    ]);
    const found = await statuses(response);
    expect(
      Object.keys(found)
        .sort()
        .map((item) => found[item]),
    ).toEqual([302, 302, 302, 400, 400, 404]);
  });

  it("answers an inner call with a bad token by 401, whatever the token outside", async () => {
    const about = "GET /drive/v3/about?fields=kind HTTP/1.1\r\nAuthorization: Bearer nobody";
    expect(await statuses(await batch([about]))).toEqual({ "item-1": 401 });
  });

  it("goes on with the id that a client made, spaces and all, and without one", async () => {
    const headers = { "content-type": 'multipart/mixed; boundary="b c"' };
    const call = "GET /drive/v3/about?fields=kind HTTP/1.1\r\n\r\n";
    const body = `--b c\r\nContent-Type: application/http\r\nContent-ID: <b29c + 1>\r\n\r\n${call}\r\n--b c\r\n\r\n${call}\r\n--b c--`;
    const text = await (await drive.call("/batch/drive/v3", { method: "POST", headers, body })).text();
    expect(text).toContain("Content-ID: <response-b29c + 1>");
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  });

  it("that is no multipart body is 400", async () => {
    const send = (type: string, body: string) =>
      drive.call("/batch/drive/v3", { method: "POST", headers: { "content-type": type }, body });
    expect((await send("application/json", "{}")).status).toBe(400);
    expect(
      (await send("multipart/mixed; boundary=b", "--b\r\nContent-Type: application/http\r\n\r\nGET /x"))
        .status,
    ).toBe(400);
    expect((await send("multipart/mixed; boundary=b", "")).status).toBe(400);
  });
});
