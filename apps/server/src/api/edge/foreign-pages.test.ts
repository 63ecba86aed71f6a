import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../../testing/ask.ts";
import { APP_ORIGIN } from "../../testing/serve-routes.ts";
import { type Edge, startEdge } from "../../testing/start-edge.ts";
import { sessionRoutes } from "../session/session-routes.ts";

const ACCOUNT = { email: "ada@example.com", password: "correct horse battery" };
const EVIL = "https://evil.example.com";

let edge: Edge;
let cookie: string;

beforeAll(async () => {
  edge = await startEdge((app, parts) => {
    sessionRoutes(app, parts);
    const config = { access: "any-principal" } as const;
    const answer = () => ({ done: true });
    app.post("/change", { config }, answer);
    app.patch("/change", { config }, answer);
    app.delete("/change", { config }, answer);
    app.get("/read", { config }, answer);
    app.get("/effect", { config: { ...config, hasEffect: true } }, answer);
  });
  await edge.identity.bootstrap({ adminEmail: ACCOUNT.email, adminPassword: ACCOUNT.password, apiKey: null });
  const session = await call("POST", "/api/auth/sign-in/email", { body: ACCOUNT });
  cookie = session.headers.getSetCookie()[0]?.split(";")[0] ?? "";
});
afterAll(() => edge.stop());

type Options = Omit<Parameters<typeof ask>[0], "url" | "method" | "path">;
const call = (method: string, path: string, options: Options = {}) =>
  ask({ url: edge.url, method, path, ...options });

async function withCookie(method: string, path: string, headers: Record<string, string>) {
  const reply = await call(method, path, { headers: { cookie, ...headers } });
  return [reply.status, reply.body.error?.code];
}

const REFUSED = [403, "origin_not_allowed"];
const DONE = [200, undefined];

describe("a change by a session's cookie", () => {
  it.each<[string, Record<string, string>, unknown]>([
    ["from a page of the list", { origin: APP_ORIGIN }, DONE],
    ["from a page of the list on another site", { origin: APP_ORIGIN, "sec-fetch-site": "cross-site" }, DONE],
    ["from a foreign page", { origin: EVIL }, REFUSED],
    ["from a foreign page that says it is ours", { origin: EVIL, "sec-fetch-site": "same-origin" }, REFUSED],
    ["from a page that hides its origin", { origin: "null" }, REFUSED],
    ["with no word of where it comes from", {}, REFUSED],
    ["from our own page, by a browser that names no origin", { "sec-fetch-site": "same-origin" }, DONE],
    ["by the user's own hand", { "sec-fetch-site": "none" }, DONE],
    ["from another host of our site", { "sec-fetch-site": "same-site" }, REFUSED],
    ["from another site, without an origin", { "sec-fetch-site": "cross-site" }, REFUSED],
    ["from an origin that begins like ours", { origin: `${APP_ORIGIN}.evil.example` }, REFUSED],
    ["from our origin in other letters", { origin: APP_ORIGIN.toUpperCase() }, REFUSED],
    ["from two origins", { origin: `${APP_ORIGIN}, ${EVIL}` }, REFUSED],
    ["with a method that is overridden", { "x-http-method-override": "GET" }, REFUSED],
  ])("%s", async (_what, headers, outcome) => {
    for (const method of ["POST", "PATCH", "DELETE"])
      expect(await withCookie(method, "/change", headers)).toEqual(outcome);
  });

  it("by the plain form of a foreign page is refused whatever it sends", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
      const headers = { origin: EVIL, "content-type": type, "sec-fetch-site": "cross-site" };
      expect(await withCookie("POST", "/change", headers)).toEqual(REFUSED);
    }
  });
});

describe("a key", () => {
  it("needs no origin, for no browser sends it by itself", async () => {
    const { apiKey } = edge.owner;
    for (const headers of [{}, { origin: EVIL }, { "sec-fetch-site": "cross-site" }])
      expect((await call("POST", "/change", { apiKey, headers })).status).toBe(200);
  });
});

describe("a read by a session's cookie", () => {
  it("without an effect is answered, for the foreign page cannot see the answer", async () => {
    expect(await withCookie("GET", "/read", { "sec-fetch-site": "cross-site" })).toEqual(DONE);
  });

  it.each<[string, Record<string, string>, unknown]>([
    ["another site", { "sec-fetch-site": "cross-site" }, REFUSED],
    ["another host of our site", { "sec-fetch-site": "same-site" }, REFUSED],
    ["a foreign origin", { origin: EVIL }, REFUSED],
    ["a page that hides its origin", { origin: "null" }, REFUSED],
    ["our own page", { "sec-fetch-site": "same-origin" }, DONE],
    ["a page of the list on another host", { origin: APP_ORIGIN, "sec-fetch-site": "same-site" }, DONE],
    ["a browser that says nothing", {}, DONE],
  ])("with an effect from %s", async (_what, headers, outcome) => {
    expect(await withCookie("GET", "/effect", headers)).toEqual(outcome);
    const { status } = await edge.fetch("/effect", { method: "HEAD", headers: { cookie, ...headers } });
    expect(status).toBe(outcome === DONE ? 200 : 403);
  });
});

describe("signing in and out", () => {
  it("is not done by foreign pages", async () => {
    for (const origin of [EVIL, "null"]) {
      const headers = { origin };
      const reply = await call("POST", "/api/auth/sign-in/email", { body: ACCOUNT, headers });
      expect([reply.status, reply.body.error.code]).toEqual(REFUSED);
    }
    for (const headers of [{ origin: EVIL }, { "sec-fetch-site": "cross-site" }, {}] as Record<
      string,
      string
    >[])
      expect(await withCookie("POST", "/api/auth/sign-out", headers)).toEqual(REFUSED);
    expect(await withCookie("GET", "/read", {})).toEqual(DONE);
  });
});

describe("CORS", () => {
  const preflight = (origin: string | null) => {
    const asking = { "access-control-request-method": "POST", "access-control-request-headers": "x-evil" };
    return call("OPTIONS", "/change", { headers: origin === null ? asking : { ...asking, origin } });
  };
  const corsOf = (headers: Headers) =>
    [...headers.keys()].filter((name) => name.startsWith("access-control-"));

  it("tells pages of the list that they may call, and whose answer it is", async () => {
    const { status, headers } = await preflight(APP_ORIGIN);
    expect(status).toBe(204);
    expect(headers.get("access-control-allow-origin")).toBe(APP_ORIGIN);
    expect(headers.get("access-control-allow-credentials")).toBe("true");
    expect(headers.get("vary")).toMatch(/\bOrigin\b/i);
    const reply = await call("GET", "/read", { headers: { origin: APP_ORIGIN, cookie } });
    expect(reply.headers.get("access-control-expose-headers")).toContain("ratelimit");
  });

  it.each([EVIL, "null", `${APP_ORIGIN}.evil.example`, `${APP_ORIGIN}/`, "http://app.example.com", null])(
    "tells the origin %s nothing, in preflights and replies",
    async (origin) => {
      const { status, headers, body } = await preflight(origin);
      expect([status, body.error.code, corsOf(headers)]).toEqual([404, "not_found", []]);
      const reply = await call("GET", "/read", {
        headers: origin === null ? { cookie } : { origin, cookie },
      });
      expect([reply.status, corsOf(reply.headers)]).toEqual([200, []]);
      expect(reply.headers.get("vary")).toMatch(/\bOrigin\b/i);
    },
  );
});
