import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSocket } from "../../testing/open-socket.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import { accessOf } from "../route-access.ts";

interface Route {
  readonly method: string;
  readonly path: string;
}

let app: TestApp;
/** Of the running server's own table, with something in place of every parameter. */
let closed: Route[];

beforeAll(async () => {
  app = await startTestApp();
  const { body } = await app.request("GET", "/openapi.json", { apiKey: null });
  const open = new Set<string>();
  for (const [path, methods] of Object.entries(
    body.paths as Record<string, Record<string, { operationId: string }>>,
  ))
    for (const [method, { operationId }] of Object.entries(methods))
      if (accessOf(operationId) === "public") open.add(`${method.toUpperCase()} ${path}`);
  closed = tableOf(app).filter(({ method, path }) => {
    const name = path.replaceAll(/:([a-z_]+)/g, "{$1}");
    return path.startsWith("/api/") && !open.has(`${method === "HEAD" ? "GET" : method} ${name}`);
  });
});
afterAll(() => app.stop());

/** The router's table of what it serves. */
function tableOf({ app: { server } }: TestApp): Route[] {
  const lines = server?.printRoutes({ commonPrefix: false }).split("\n") ?? [];
  const parents: string[] = [];
  return lines.flatMap((line) => {
    const [, indent = "", part = "", methods = ""] =
      /^([│ ]*)[├└]── (\S*)(?: \(([A-Z, ]+)\))?/.exec(line) ?? [];
    const depth = indent.length / 4;
    parents.splice(depth, parents.length, part);
    const path = parents.join("");
    return methods === "" ? [] : methods.split(", ").map((method) => ({ method, path }));
  });
}

const filled = (path: string) => path.replaceAll(/:[a-z_]+/g, "x");

async function statusOf({ method, path }: Route, headers: readonly string[] = []): Promise<number | null> {
  const head = [`${method} ${path} HTTP/1.1`, "Host: x", "Connection: close", ...headers].join("\r\n");
  const body =
    method === "GET" || method === "HEAD" ? "" : "Content-Type: application/json\r\nContent-Length: 2\r\n";
  const send = `${head}\r\n${body}\r\n${body === "" ? "" : "{}"}`;
  return (await openSocket({ url: app.url, send })).status;
}

/** Other ways to write an address that some router or proxy takes for the same. */
function spellings(path: string): string[] {
  const [, first = "", ...rest] = path.split("/");
  const tail = rest.join("/");
  return [
    `${path}/`,
    `/${path}`,
    path.replaceAll("/", "//"),
    path.toUpperCase(),
    `/${first}/../${first}/${tail}`,
    `/./${first}/${tail}`,
    `/docs/../${first}/${tail}`,
    `/docs/%2e%2e/${first}/${tail}`,
    `/livez/..${path}`,
    `/${first}%2f${tail}`,
    `/${first}/${tail.replaceAll("/", "%2F")}`,
    path.replace("/a", "/%61"),
    path.replace("/a", "/%2561"),
    `${path};.css`,
    `${path}%00`,
    `${path}%20`,
    `${path}.json`,
    `${path}?access=public`,
    `${path}#x`,
    path.replaceAll("/", "\\"),
    `http://x${path}`,
    `http://x/livez/..${path}`,
  ];
}

describe("every route that is not open to all", () => {
  it("is 401 without a credential, by the router's own table", async () => {
    expect(closed.length).toBeGreaterThanOrEqual(30);
    for (const { method, path } of closed) {
      const status = await statusOf({ method, path: filled(path) });
      expect([method, path, status]).toEqual([method, path, 401]);
    }
  });

  it("is never reached without one by spelling its address another way", async () => {
    for (const { method, path } of closed.filter(({ method }) => method !== "HEAD")) {
      const statuses = await Promise.all(
        spellings(filled(path)).map(async (spelling) => [
          spelling,
          await statusOf({ method, path: spelling }),
        ]),
      );
      for (const [spelling, status] of statuses)
        expect([method, spelling, [400, 401, 404].includes(Number(status))]).toEqual([
          method,
          spelling,
          true,
        ]);
    }
  });

  it("is not reached by a header that names another method or address", async () => {
    const tricks = [
      "X-HTTP-Method-Override: GET",
      "X-HTTP-Method: DELETE",
      "X-Method-Override: OPTIONS",
      "X-Original-URL: /livez",
      "X-Rewrite-URL: /livez",
      "X-Forwarded-Prefix: /docs",
      "X-Forwarded-For: 127.0.0.1",
      "X-Real-IP: 127.0.0.1",
      "Forwarded: for=127.0.0.1",
      "X-Driveway-Client-Address: 127.0.0.1",
    ];
    for (const { method, path } of closed)
      expect([method, path, await statusOf({ method, path: filled(path) }, tricks)]).toEqual([
        method,
        path,
        401,
      ]);
    for (const trick of tricks)
      expect([trick, await statusOf({ method: "GET", path: "/livez" }, [trick])]).toEqual([trick, 200]);
  });

  it("has no other method than its own", async () => {
    const methods = new Set(closed.map(({ path }) => path));
    for (const path of methods)
      for (const method of ["TRACE", "PUT", "OPTIONS", "PROPFIND", "LOCK", "QUERY"])
        expect([method, path, await statusOf({ method, path: filled(path) })]).toEqual([method, path, 404]);
    expect(await statusOf({ method: "CONNECT", path: "x:443" })).not.toBe(200);
  });
});
