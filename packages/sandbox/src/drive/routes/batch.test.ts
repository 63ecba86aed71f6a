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
});
