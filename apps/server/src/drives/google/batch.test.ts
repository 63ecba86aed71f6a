import { describe, expect, it } from "vitest";
import { encodeBatch, parseBatch } from "./batch.ts";

const part = (index: number, status: number, body: string, eol = "\r\n") =>
  [
    "Content-Type: application/http",
    `Content-ID: <response-item-${index}>`,
    "",
    `HTTP/1.1 ${status} Whatever`,
    "Content-Type: application/json",
    ...(status === 429 ? ["Retry-After: 3"] : []),
    "",
    body,
  ].join(eol);

describe("parseBatch", () => {
  it("reads parts in any order by their Content-ID", () => {
    const body = `--b_1\r\n${part(1, 404, '{"error":{}}')}\r\n--b_1\r\n${part(0, 200, '{\n "id": "a"\n}')}\r\n--b_1--\r\n`;
    expect(parseBatch("multipart/mixed; boundary=b_1", body)).toEqual([
      { index: 1, status: 404, retryAfter: null, body: '{"error":{}}' },
      { index: 0, status: 200, retryAfter: null, body: '{\n "id": "a"\n}' },
    ]);
  });

  it("reads bare line feeds, a quoted boundary with signs in it, and Retry-After", () => {
    const body = `--a.b+c\n${part(0, 429, "", "\n")}\n--a.b+c--`;
    expect(parseBatch('multipart/mixed; boundary="a.b+c"', body)).toEqual([
      { index: 0, status: 429, retryAfter: "3", body: "" },
    ]);
  });

  it.each([
    ["text/html", "<html>"],
    ["multipart/mixed; boundary=x", ""],
    ["multipart/mixed; boundary=x", "--x\r\nContent-ID: <response-item-0>\r\n\r\nnonsense\r\n--x--"],
    [
      "multipart/mixed; boundary=x",
      "--x\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}\r\n--x--",
    ],
  ])("finds nothing in %s %j", (contentType, body) => {
    expect(parseBatch(contentType, body)).toEqual([]);
  });

  it("numbers what is asked", () => {
    expect(encodeBatch([{ path: "/a" }, { path: "/b", headers: { "X-Key": "1" } }], "x")).toBe(
      "--x\r\nContent-Type: application/http\r\nContent-ID: <item-0>\r\n\r\nGET /a HTTP/1.1\r\n\r\n" +
        "--x\r\nContent-Type: application/http\r\nContent-ID: <item-1>\r\n\r\nGET /b HTTP/1.1\r\nX-Key: 1\r\n\r\n--x--\r\n",
    );
  });
});
