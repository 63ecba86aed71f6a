import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../platform/index.ts";
import { makePerson } from "../../testing/make-person.ts";
import { openSocket, type RawReply } from "../../testing/open-socket.ts";
import { type ServedRoutes, serveRoutes } from "../../testing/serve-routes.ts";
import { openDatabase, type OpenedDatabase } from "../../testing/open-database.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";

const LARGE_BYTES = 32 * 1024 * 1024;
/** Short, so that the tests of what is late need not wait long. */
const SOON = { headersTimeoutMs: 300, requestTimeoutMs: 600, checkEveryMs: 50 };

let database: TestDatabase;
let connection: OpenedDatabase;
let served: ServedRoutes;
let hasty: ServedRoutes;
let narrow: ServedRoutes;
let apiKey: string;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = openDatabase(database);
  const { guarded: db } = connection;
  const shared: Parameters<typeof serveRoutes>[0] = {
    db,
    clock: systemClock,
    routes(app) {
      app.get("/open", { config: { access: "public" } }, () => "open");
      app.post("/mine", { config: { access: "read" }, bodyLimit: LARGE_BYTES }, (request) => ({
        keys: Object.keys(request.body ?? {}),
      }));
    },
  };
  [served, hasty, narrow] = await Promise.all([
    serveRoutes(shared),
    serveRoutes({ ...shared, socketLimits: SOON }),
    serveRoutes({ ...shared, socketLimits: { mostConnections: 3 } }),
  ]);
  ({ apiKey } = await makePerson(db));
});
afterAll(async () => {
  await Promise.all([served.close(), hasty.close(), narrow.close()]);
  await connection.close();
  await database.drop();
});

const bearer = () => `Authorization: Bearer ${apiKey}`;

/** Lines of a request's head, then the body. */
const message = (lines: readonly string[], body = "") => `${lines.join("\r\n")}\r\n\r\n${body}`;

const post = (headers: readonly string[], body = "") =>
  message(["POST /mine HTTP/1.1", "Host: x", bearer(), "Content-Type: application/json", ...headers], body);

function codeOf(reply: RawReply): string | undefined {
  const body = reply.text.slice(reply.text.indexOf("\r\n\r\n") + 4);
  const parsed = JSON.parse(body) as { error: { code: string }; request_id: string };
  expect(parsed.request_id).toBe(reply.headers["x-request-id"]);
  return parsed.error.code;
}

describe("what is no well-formed request", () => {
  it.each<[string, () => string, number, string]>([
    ["no HTTP at all", () => "hello\r\n\r\n", 400, "malformed_request"],
    ["the beginning of TLS", () => "\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n", 400, "malformed_request"],
    ["an unknown method", () => message(["BREW /open HTTP/1.1", "Host: x"]), 400, "malformed_request"],
    ["an unknown version", () => message(["GET /open HTTP/9.9", "Host: x"]), 400, "malformed_request"],
    ["no Host", () => message(["GET /open HTTP/1.1"]), 400, "malformed_request"],
    ["two Hosts", () => message(["GET /open HTTP/1.1", "Host: x", "Host: y"]), 400, "malformed_request"],
    ["two Authorizations", () => post([bearer(), "Content-Length: 2"], "{}"), 400, "malformed_request"],
    ["two lengths", () => post(["Content-Length: 2", "Content-Length: 3"], "{}"), 400, "malformed_request"],
    ["two lengths in one", () => post(["Content-Length: 2, 2"], "{}"), 400, "malformed_request"],
    ["a length that is none", () => post(["Content-Length: -1"]), 400, "malformed_request"],
    [
      "a length and chunks",
      () => post(["Content-Length: 2", "Transfer-Encoding: chunked"], "0\r\n\r\n"),
      400,
      "malformed_request",
    ],
    [
      "an encoding that hides the chunks",
      () => post(["Transfer-Encoding: xchunked"], "{}"),
      400,
      "malformed_request",
    ],
    [
      "chunks that are not the last encoding",
      () => post(["Transfer-Encoding: chunked, identity"], "0\r\n\r\n"),
      400,
      "malformed_request",
    ],
    ["a blank before the colon", () => post(["Content-Length : 2"], "{}"), 400, "malformed_request"],
    ["a folded header", () => post(["X-A: b\r\n c: d", "Content-Length: 2"], "{}"), 400, "malformed_request"],
    ["a bare line feed", () => "GET /open HTTP/1.1\nHost: x\nX: y\n\n", 400, "malformed_request"],
    ["NUL in a header", () => post(["X-A: \u0000", "Content-Length: 2"], "{}"), 400, "malformed_request"],
    [
      "headers of more than 16 KiB",
      () => message(["GET /open HTTP/1.1", "Host: x", `X-A: ${"a".repeat(17 * 1024)}`]),
      431,
      "headers_too_large",
    ],
    [
      "an address of more than 8 KiB",
      () => message([`GET /open?${"a".repeat(9 * 1024)} HTTP/1.1`, "Host: x"]),
      414,
      "uri_too_long",
    ],
    [
      "an expectation that nobody knows",
      () => post(["Expect: miracles", "Content-Length: 2"], "{}"),
      417,
      "expectation_failed",
    ],
  ])("%s is refused in the envelope, and the connection closed", async (_what, send, status, code) => {
    const reply = await openSocket({ url: served.url, send: send() });
    expect([reply.status, codeOf(reply), reply.closed]).toEqual([status, code, true]);
    expect(reply.headers["cache-control"]).toBe("no-store");
  });

  it("carries no second request in behind a first one: of two in one body only one is answered", async () => {
    const inner = message(["GET /open HTTP/1.1", "Host: x"]);
    const send = post(["Content-Length: 2", "Transfer-Encoding: chunked"], `0\r\n\r\n${inner}`);
    const reply = await openSocket({ url: served.url, send });
    expect(reply.text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(reply.status).toBe(400);
  });

  it("leaves the connections of others alone", async () => {
    await openSocket({ url: served.url, send: "garbage\r\n\r\n" });
    const send = message(["GET /open HTTP/1.1", "Host: x", "Connection: close"]);
    expect((await openSocket({ url: served.url, send })).status).toBe(200);
  });
});

describe("who is slow", () => {
  it.each<[string, () => string]>([
    ["says nothing", () => ""],
    ["never ends the headers", () => "GET /open HTTP/1.1\r\nHost: x\r\nX-A: "],
    ["never ends the body", () => post(["Content-Length: 10"], "{")],
  ])("and %s is told 408 and cut off", async (_what, send) => {
    const reply = await openSocket({ url: hasty.url, send: send() });
    expect([reply.status, codeOf(reply), reply.closed]).toEqual([408, "request_timeout", true]);
  });
});

describe("a body", () => {
  it("of a stranger is not asked for: 401 comes where 100-continue was expected", async () => {
    const head = ["POST /mine HTTP/1.1", "Host: x", "Expect: 100-continue", `Content-Length: ${LARGE_BYTES}`];
    const reply = await openSocket({ url: served.url, send: message(head) });
    expect([reply.status, codeOf(reply), reply.closed]).toEqual([401, "unauthenticated", true]);
    expect(reply.text).not.toContain("100 Continue");
  });

  it("of a stranger is refused before it is there, and never read to its end", async () => {
    const head = ["POST /mine HTTP/1.1", "Host: x", `Content-Length: ${LARGE_BYTES}`];
    const reply = await openSocket({ url: served.url, send: message(head, "x".repeat(1000)) });
    expect([reply.status, reply.closed]).toEqual([401, true]);
    const chunked = message(
      ["POST /mine HTTP/1.1", "Host: x", "Transfer-Encoding: chunked"],
      "5\r\nhello\r\n",
    );
    const other = await openSocket({ url: served.url, send: chunked });
    expect([other.status, other.closed]).toEqual([401, true]);
  });

  it("of somebody known is asked for, and read", async () => {
    const head = post(["Expect: 100-continue", "Content-Length: 7"]);
    const asked = await openSocket({ url: served.url, send: head, until: /100 Continue/ });
    expect(asked.status).toBe(100);
    const whole = post(["Expect: 100-continue", "Content-Length: 7", "Connection: close"], '{"a":1}');
    expect((await openSocket({ url: served.url, send: whole })).text).toContain('{"keys":["a"]}');
  });

  it("that is larger than the operation takes is 413, and cut off", async () => {
    const reply = await openSocket({ url: served.url, send: post([`Content-Length: ${LARGE_BYTES + 1}`]) });
    expect([reply.status, codeOf(reply), reply.closed]).toEqual([413, "payload_too_large", true]);
  });

  it("in chunks of any size is one body", async () => {
    const chunks = Array.from('{"a":1}')
      .map((letter) => `1\r\n${letter}\r\n`)
      .join("");
    const send = post(["Transfer-Encoding: chunked", "Connection: close"], `${chunks}0\r\n\r\n`);
    expect((await openSocket({ url: served.url, send })).text).toContain('{"keys":["a"]}');
  });
});

it("more connections than there may be are closed, and there is room again when one leaves", async () => {
  const { hostname, port } = new URL(narrow.url);
  const open = async (): Promise<Socket> => {
    const socket = connect({ host: hostname, port: Number(port) });
    await once(socket, "connect");
    return socket;
  };
  const held = [await open(), await open(), await open()];
  const send = message(["GET /open HTTP/1.1", "Host: x", "Connection: close"]);
  expect((await openSocket({ url: narrow.url, send })).status).toBeNull();
  held[0]?.destroy();
  let status: number | null = null;
  while (status === null) ({ status } = await openSocket({ url: narrow.url, send }));
  expect(status).toBe(200);
  for (const socket of held) socket.destroy();
});
