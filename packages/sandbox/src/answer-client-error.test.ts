import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "./create-sandbox.ts";
import { rawExchange } from "./testing/raw-exchange.ts";

let directory: string;
let sandbox: Sandbox;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "client-error-"));
  sandbox = await createSandbox({ library: "none", tls: { port: 0, directory } });
});
afterAll(async () => {
  await sandbox.close();
  rmSync(directory, { recursive: true, force: true });
});

describe.each(["without TLS", "with TLS"])("what cannot be read as a request, %s", (door) => {
  const originOf = () => (door === "with TLS" ? (sandbox.tls?.origin ?? "") : sandbox.origin);

  it.each([
    ["a request line that is none", "no request at all\r\n\r\n", "400 (Bad Request)"],
    [
      "an address that is too long",
      `GET /o/oauth2/v2/auth?state=${"s".repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      "431 (Request Header Fields Too Large)",
    ],
  ])("is answered with a page, and the connection ends: %s", async (_name, sent, error) => {
    const { status, head, body } = await rawExchange(originOf(), sent);
    expect(status).toBe(Number.parseInt(error, 10));
    expect(head).toContain("content-type: text/html; charset=utf-8");
    expect(head).toContain(`content-length: ${Buffer.byteLength(body)}`);
    expect(body).toContain('<html lang="en">');
    expect(body).toContain(`<title>Error ${error} – Sandbox</title>`);
  });
});
