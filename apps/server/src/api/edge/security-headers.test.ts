import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectDatabase } from "../../db/index.ts";
import { systemClock } from "../../platform/index.ts";
import { ask } from "../../testing/ask.ts";
import { serveRoutes } from "../../testing/serve-routes.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import { testLog } from "../../testing/test-log.ts";

const API_POLICY = "default-src 'none';frame-ancestors 'none'";
const CALLBACK = "/api/v2/cloud-storage/auth/google_drive/callback?state=x&code=y";

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

describe("a reply of the API", () => {
  it.each<[string, string, string, object]>([
    ["a success", "GET", "/api/v2/me", {}],
    ["a list", "GET", "/api/v2/user-files", {}],
    ["who is signed in", "GET", "/api/auth/get-session", { apiKey: null }],
    ["a stranger's 401", "GET", "/api/v2/me", { apiKey: null }],
    ["a refused body", "POST", "/api/v2/collections", { body: "{" }],
    ["an unknown address", "GET", "/api/v2/nothing", {}],
    ["the description", "GET", "/openapi.json", { apiKey: null }],
    ["health", "GET", "/livez", { apiKey: null }],
  ])("is kept by no cache and is no page: %s", async (_what, method, path, options) => {
    const { headers } = await app.request(method, path, options);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("content-security-policy")).toBe(API_POLICY);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("permissions-policy")).toContain("camera=()");
    expect(headers.get("strict-transport-security")).toBeNull();
    expect(headers.get("server")).toBeNull();
    expect(headers.get("x-powered-by")).toBeNull();
  });
});

describe("a page", () => {
  it("of ours runs its own scripts alone, and may keep the popup that it opens", async () => {
    const { headers } = await app.request("GET", "/", { apiKey: null });
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'self'; /);
    expect(headers.get("content-security-policy")).not.toMatch(/unsafe/);
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin-allow-popups");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cache-control")).not.toBe("no-store");
  });

  it("at the end of an OAuth attempt has no opener policy, and nothing but its own nonce runs there", async () => {
    const { headers } = await app.request("GET", CALLBACK, { apiKey: null });
    expect(headers.get("cross-origin-opener-policy")).toBeNull();
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'nonce-/);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("of the documentation gets every script, style and picture of its own under its policy", async () => {
    const page = await app.request("GET", "/docs/", { apiKey: null });
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval|upgrade-insecure-requests|https:|swagger\.io/);
    const inline = [...page.text.matchAll(/<(script|style)(?![^>]*\bsrc=)[^>]*>([^<]+)</g)];
    expect(inline).toEqual([]);
    const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source = ""]) => source);
    expect(sources.length).toBeGreaterThan(3);
    for (const source of sources) {
      const { pathname } = new URL(source, `${app.url}/docs/`);
      expect([source, (await app.request("GET", pathname, { apiKey: null })).status]).toEqual([source, 200]);
    }
  });
});

it("browsers are told to come by https alone where that is the address", async () => {
  const connection = connectDatabase({
    connectionString: app.database.connectionString,
    poolSize: 1,
    applicationName: "test",
    log: testLog(),
  });
  const secure = await serveRoutes({
    db: connection.db,
    clock: systemClock,
    publicUrl: "https://driveway.example.com",
    routes: () => {},
  });
  const { headers } = await ask({ url: secure.url, method: "GET", path: "/openapi.json" });
  expect(headers.get("strict-transport-security")).toMatch(/^max-age=31536000/);
  await secure.close();
  await connection.close();
});
