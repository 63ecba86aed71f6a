import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLog } from "../platform/index.ts";
import { startTestApp, TEST_ADMIN, type TestApp } from "../testing/start-test-app.ts";
import { buildServer } from "./index.ts";

const OPEN = new Set([
  "get /api/v2/cloud-storage/auth/{provider}/callback",
  "post /api/v2/cloud-storage/auth/{provider}/callback/popup",
  "post /api/v2/invitations/accept",
  "post /api/auth/sign-in/email",
  "get /livez",
  "get /readyz",
]);
/** The contract's ten operations. */
const OPERATIONS = [
  "post /api/v2/cloud-storage/auth/{provider}",
  "get /api/v2/cloud-storage/auth/{provider}/callback",
  "post /api/v2/cloud-storage/auth/{provider}/callback",
  "get /api/v2/cloud-storage/connections",
  "delete /api/v2/cloud-storage/connections/{connection_id}",
  "get /api/v2/cloud-storage/connections/{connection_id}/picker-token",
  "post /api/v2/cloud-storage/picker-proxy",
  "post /api/v2/cloud-storage/import",
  "post /api/v2/cloud-storage/export",
  "get /api/v2/cloud-storage/jobs/{job_id}",
];

let app: TestApp;
let documented: string[];

beforeAll(async () => {
  app = await startTestApp();
  const { body } = await app.request("GET", "/openapi.json", { apiKey: null });
  documented = Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => `${method} ${path}`),
  );
});
afterAll(() => app.stop());

async function signInCookie(): Promise<string> {
  const reply = await app.request("POST", "/api/auth/sign-in/email", { apiKey: null, body: TEST_ADMIN });
  expect(reply.status).toBe(200);
  return reply.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}

describe("who is asking", () => {
  it("is settled before the body is looked at: every operation that is not open answers 401 to garbage", async () => {
    const closed = documented.filter(
      (operation) => !OPEN.has(operation) && !operation.includes("/api/auth/"),
    );
    expect(closed.length).toBeGreaterThanOrEqual(15);
    for (const operation of closed) {
      const [method = "", path = ""] = operation.split(" ");
      const garbage = method === "get" || method === "delete" ? {} : { body: "{not json" };
      const reply = await app.request(method.toUpperCase(), path.replaceAll(/\{.*?\}/g, "x"), {
        ...garbage,
        apiKey: null,
      });
      expect([operation, reply.status, reply.body.error?.code]).toEqual([operation, 401, "unauthenticated"]);
      expect(reply.headers.get("www-authenticate")).toContain("Bearer");
    }
  });

  it("takes no cookie in place of a wrong key", async () => {
    const cookie = await signInCookie();
    const headers = { cookie };
    expect((await app.request("GET", "/api/v2/me", { apiKey: null, headers })).status).toBe(200);
    expect((await app.request("GET", "/api/v2/me", { apiKey: "wrong".repeat(10), headers })).status).toBe(
      401,
    );
  });

  it("refuses a change by a session's cookie that a foreign page sent along, and lets our own page do it", async () => {
    const cookie = await signInCookie();
    const create = (origin: string) =>
      app.request("POST", "/api/v2/collections", {
        apiKey: null,
        headers: { cookie, origin },
        body: { name: "From a page" },
      });
    const foreign = await create("https://evil.example.com");
    expect([foreign.status, foreign.body.error.code]).toEqual([403, "origin_not_allowed"]);
    expect((await create(app.config.publicUrl)).status).toBe(201);
    const { body } = await app.request("GET", "/api/v2/collections");
    expect(body.collections).toHaveLength(1);
  });
});

describe("the error envelope", () => {
  it.each([
    ["an unknown path", "GET", "/api/v2/nothing", {}, 404, "not_found"],
    ["a method that a path does not have", "PUT", "/api/v2/collections", { body: {} }, 404, "not_found"],
    ["a body that is no JSON", "POST", "/api/v2/collections", { body: "{" }, 400, "invalid_json"],
    ["an empty body", "POST", "/api/v2/collections", { body: "" }, 400, "invalid_json"],
    ["a poisoned key", "POST", "/api/v2/collections", { body: '{"__proto__":{"a":1}}' }, 400, "invalid_json"],
    [
      "another content type",
      "POST",
      "/api/v2/collections",
      { body: "name=x", headers: { "content-type": "application/x-www-form-urlencoded" } },
      415,
      "unsupported_media_type",
    ],
    [
      "a body over the limit",
      "POST",
      "/api/v2/collections",
      { body: { name: "x".repeat(2 ** 20) } },
      413,
      "payload_too_large",
    ],
    ["a missing field", "POST", "/api/v2/collections", { body: {} }, 422, "validation_failed"],
    ["a broken escape in the path", "GET", "/api/v2/user-files/%E0%A4%A", {}, 404, "not_found"],
    [
      "a part of a path longer than any id",
      "GET",
      `/api/v2/user-files/${"x".repeat(600)}`,
      {},
      404,
      "not_found",
    ],
  ] as const)("answers %s with its code", async (_what, method, path, options, status, code) => {
    const reply = await app.request(method, path, options);
    expect([reply.status, reply.body.error?.code]).toEqual([status, code]);
    expect(reply.body.error.message).toMatch(/[.)]$|: /);
    expect(reply.body.request_id).toBe(reply.headers.get("x-request-id"));
    expect(reply.headers.get("cache-control")).toBe("no-store");
  });

  it("names an unknown field, in a body and in a query", async () => {
    const inBody = await app.request("POST", "/api/v2/collections", { body: { name: "x", colour: "red" } });
    expect([inBody.status, inBody.body.error.code]).toEqual([422, "unknown_field"]);
    expect(inBody.body.error.details.issues).toEqual([{ field: "colour", message: "is not a known field" }]);
    const inQuery = await app.request("GET", "/api/v2/user-files?limits=3");
    expect([inQuery.status, inQuery.body.error.details.issues[0].field]).toEqual([422, "limits"]);
  });

  it("names a parameter of an operation that has none", async () => {
    const { status, body } = await app.request("GET", "/api/v2/me?fields=user");
    expect([status, body.error]).toEqual([
      422,
      {
        code: "unknown_field",
        message: "fields: is not a known field",
        details: { in: "querystring", issues: [{ field: "fields", message: "is not a known field" }] },
      },
    ]);
  });

  it("says in plain words what is wrong, of every field", async () => {
    const { body } = await app.request("POST", "/api/auth/sign-in/email", { body: { email: "x", more: 1 } });
    expect(body.error).toEqual({
      code: "validation_failed",
      message: "email: must be an e-mail address (and 2 more)",
      details: {
        in: "body",
        issues: [
          { field: "email", message: "must be an e-mail address" },
          { field: "password", message: "is required" },
          { field: "more", message: "is not a known field" },
        ],
      },
    });
  });

  it("lets a client name the content type of a body that it does not send, where none is asked for", async () => {
    const path = "/api/v2/cloud-storage/connections/00000000-0000-4000-8000-000000000000";
    const headers = { "content-type": "application/json" };
    const removed = await app.request("DELETE", path, { headers });
    expect([removed.status, removed.body.error.code]).toEqual([404, "connection_not_found"]);
    expect((await app.request("POST", "/api/auth/sign-out", { headers, body: "" })).status).toBe(200);
  });

  it("carries the caller's request id when it is one, and its own when it is not", async () => {
    const own = await app.request("GET", "/api/v2/me", { headers: { "x-request-id": "trace-42" } });
    expect(own.headers.get("x-request-id")).toBe("trace-42");
    const odd = await app.request("GET", "/api/v2/me", { headers: { "x-request-id": "no spaces, please" } });
    expect(odd.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("the description", () => {
  it("is OpenAPI 3.1 and has the ten operations, each with the error envelope", async () => {
    const { body } = await app.request("GET", "/openapi.json", { apiKey: null });
    expect(body.openapi).toBe("3.1.0");
    for (const operation of OPERATIONS) expect(documented).toContain(operation);
    for (const methods of Object.values(body.paths)) {
      for (const operation of Object.values(
        methods as Record<string, { responses: object; summary?: string }>,
      )) {
        expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(["4XX", "5XX"]));
        expect(operation.summary).toBeTruthy();
      }
    }
  });

  it("tells which operations are open, that each has a name of its own, and what is no JSON", async () => {
    const { paths } = (await app.request("GET", "/openapi.json", { apiKey: null })).body;
    const operations = documented.map((operation) => {
      const [method = "", path = ""] = operation.split(" ");
      return { operation, path, ...paths[path][method] };
    });
    const open = operations.filter(({ security }) => security?.length === 0);
    expect(new Set(open.map(({ operation }) => operation))).toEqual(
      new Set([...OPEN, "post /api/auth/sign-out", "get /api/auth/get-session"]),
    );
    const names = operations.map(({ operationId }) => operationId);
    expect(names.every(Boolean)).toBe(true);
    expect(new Set(names).size).toBe(names.length);
    const { responses } = paths["/api/v2/cloud-storage/auth/{provider}/callback"].get;
    for (const status of ["200", "4XX", "5XX"]) {
      expect(Object.keys(responses[status].content)).toEqual(["text/html"]);
    }
    const download = paths["/api/v2/user-files/{id}/download"].get.responses;
    expect(Object.keys(download)).toEqual(expect.arrayContaining(["200", "206", "304", "4XX", "5XX"]));
    const waiting = paths["/api/v2/cloud-storage/import"].post.parameters;
    expect(waiting).toEqual(
      ["idempotency-key", "prefer"].map((name) =>
        expect.objectContaining({ in: "header", name, required: false }),
      ),
    );
  });

  it("is shown as a page at /docs that asks nobody else for anything", async () => {
    const page = await fetch(`${app.url}/docs/`);
    expect(page.status).toBe(200);
    expect(await page.text()).not.toMatch(/(src|href)="https?:/);
  });
});

describe("pages", () => {
  it("serves the example page at / under a policy without inline scripts", async () => {
    const page = await fetch(`${app.url}/`);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'self'");
    expect(page.headers.get("content-security-policy")).not.toContain("unsafe-inline");
    expect(page.headers.get("cross-origin-opener-policy")).toBe("same-origin-allow-popups");
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("lets pages of the list call with credentials, and no others", async () => {
    const preflight = (origin: string) =>
      fetch(`${app.url}/api/v2/me`, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "GET" },
      });
    const ours = await preflight(app.config.publicUrl);
    expect(ours.headers.get("access-control-allow-origin")).toBe(app.config.publicUrl);
    expect(ours.headers.get("access-control-allow-credentials")).toBe("true");
    expect(
      (await preflight("https://evil.example.com")).headers.get("access-control-allow-origin"),
    ).toBeNull();
  });
});

it("a route that does not say who may use it keeps the server from starting", async () => {
  const server = await buildServer({
    log: createLog({ level: "silent", pretty: false }),
    identity: app.app.identity,
    publicUrl: "http://localhost:1",
    allowedOrigins: [],
    trustedProxies: [],
    version: "0",
    pageDirectory: import.meta.dirname,
    routes: (api) => api.get("/forgotten", () => "hello"),
  });
  await expect(server.ready()).rejects.toThrow("routes without a declared access: GET /forgotten");
  await server.close();
});
