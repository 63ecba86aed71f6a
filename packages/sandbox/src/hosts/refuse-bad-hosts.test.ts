import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../create-sandbox.ts";
import { rawExchange } from "../testing/raw-exchange.ts";
import { WebClient } from "../testing/web-client.ts";

const DRIVE = "https://www.googleapis.com/auth/drive";
const DISCOVERY = "/.well-known/openid-configuration";

let directory: string;
let sandbox: Sandbox;
let accessToken: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "hosts-"));
  sandbox = await createSandbox({ library: "none", tls: { port: 0, directory } });
  accessToken = String((await new WebClient(sandbox).connect({ scope: DRIVE })).body.access_token);
});
afterAll(async () => {
  await sandbox.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => sandbox.reset());

/** Sends a request whose head is as it is written here; a null host leaves the header out. */
async function ask(
  origin: string,
  line: string,
  { host, version = "1.1" }: { host: string | null; version?: string },
) {
  const head = [
    `${line} HTTP/${version}`,
    ...(host === null ? [] : [`Host: ${host}`]),
    `Authorization: Bearer ${accessToken}`,
    "Content-Length: 0",
    "Connection: close",
  ];
  return await rawExchange(origin, `${head.join("\r\n")}\r\n\r\n`);
}

describe.each(["without TLS", "with TLS"])("a request with a Host, %s,", (door) => {
  const originOf = () => (door === "with TLS" ? (sandbox.tls?.origin ?? "") : sandbox.origin);

  it.each([
    "",
    "foo bar",
    "[",
    "a:b",
    "a:",
    "a:99999",
    "%zz",
    "evil.com/x",
    "me@localhost",
    "localhost?",
    "localhost\\x",
    "accounts.google.com:18124:5",
    null,
  ])("that is none is 400 with a page, and nothing is done or charged: %j", async (host) => {
    for (const line of [
      "POST /upload/drive/v3/files?uploadType=resumable",
      "GET /drive/v3/about?fields=user",
      `GET ${DISCOVERY}`,
      "GET /",
      "GET /nowhere",
      "POST /sandbox/api/keys/rotate",
    ]) {
      const { status, body } = await ask(originOf(), line, { host });
      expect([line, status]).toEqual([line, 400]);
      expect(body).toContain("Error 400 (Bad Request)");
    }
    expect(sandbox.quotas.report().users).toEqual([]);
  });

  it.each(["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8090", "sandbox_1.test:65535"])(
    "that is one is answered: %s",
    async (host) => {
      expect((await ask(originOf(), "GET /drive/v3/about?fields=user", { host })).status).toBe(200);
      const started = await ask(originOf(), "POST /upload/drive/v3/files?uploadType=resumable", { host });
      expect(started.head).toContain(`://${host.toLowerCase()}/upload/drive/v3/files?`);
    },
  );

  it("that is missing, as HTTP/1.0 allows, is told the sandbox's own address", async () => {
    const bare = { host: null, version: "1.0" };
    const discovered = await ask(originOf(), `GET ${DISCOVERY}`, bare);
    expect(JSON.parse(discovered.body)).toMatchObject({ issuer: originOf() });
    const started = await ask(originOf(), "POST /upload/drive/v3/files?uploadType=resumable", bare);
    expect(started.head).toContain(`location: ${originOf()}/upload/drive/v3/files?`);
  });

  it("that is missing is not let in to the control API", async () => {
    const { status } = await ask(originOf(), "GET /sandbox/api", { host: null, version: "1.0" });
    expect(status).toBe(421);
  });
});
