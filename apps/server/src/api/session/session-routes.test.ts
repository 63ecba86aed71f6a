import { ErrorReply } from "@driveway/contract";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../platform/index.ts";
import { newApiKey, type Person } from "../../testing/make-person.ts";
import { APP_ORIGIN, serveRoutes } from "../../testing/serve-routes.ts";
import { type Edge, startEdge } from "../../testing/start-edge.ts";
import { sessionRoutes } from "./session-routes.ts";

const ACCOUNT = { email: "owner@example.com", password: "password of owner" };

let edge: Edge;
/** Who the account is. */
let owner: Person;
beforeAll(async () => {
  edge = await startEdge(sessionRoutes);
  const apiKey = newApiKey();
  const { email: adminEmail, password: adminPassword } = ACCOUNT;
  await edge.identity.bootstrap({ adminEmail, adminPassword, apiKey });
  const principal = await edge.identity.authenticate({ authorization: `Bearer ${apiKey}` });
  if (principal === null) throw new Error("the bootstrap key is not valid");
  owner = { apiKey, principal };
});
afterAll(() => edge.stop());

const SIGN_IN = "/api/auth/sign-in/email";

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const json = { "content-type": "application/json", ...headers };
  return edge.fetch(path, { method: "POST", headers: json, body: JSON.stringify(body) });
}

async function errorOf(response: Response): Promise<ErrorReply["error"]> {
  return ErrorReply.parse(await response.json()).error;
}

async function signedIn(): Promise<string> {
  const response = await post(SIGN_IN, ACCOUNT);
  return response.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
}

describe("POST /api/auth/sign-in/email", () => {
  it("200 sets a cookie that scripts cannot read, and keeps the token out of the body", async () => {
    const { email } = ACCOUNT;
    const { userId } = owner.principal;
    const response = await post(SIGN_IN, ACCOUNT, { origin: APP_ORIGIN });
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const [cookie = ""] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^driveway\.session_token=.*; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax/);
    const body = await response.json();
    const user = { id: userId, email, display_name: "owner" };
    expect(body).toEqual({ user, expires_at: expect.stringMatching(/Z$/) });
  });

  it("200 sets a cookie for https alone when that is the address, with the prefix that browsers hold to it", async () => {
    const secure = await serveRoutes({
      db: edge.db,
      clock: systemClock,
      publicUrl: "https://driveway.example.com",
      routes: sessionRoutes,
    });
    onTestFinished(() => secure.close());
    const { headers } = await fetch(`${secure.url}${SIGN_IN}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(ACCOUNT),
    });
    const [cookie = ""] = headers.getSetCookie();
    expect(cookie.startsWith("__Host-driveway.session_token=")).toBe(true);
    expect(cookie.split("; ").slice(1).sort()).toEqual([
      "HttpOnly",
      "Max-Age=604800",
      "Path=/",
      "SameSite=Lax",
      "Secure",
    ]);
  });

  it("200 begins a session of its own whatever cookie came, and leaves that one to whoever had it", async () => {
    const planted = await signedIn();
    const response = await post(SIGN_IN, ACCOUNT, { cookie: planted });
    const [fresh = ""] = response.headers.getSetCookie();
    const name = "driveway.session_token=";
    expect(planted.startsWith(name)).toBe(true);
    expect(fresh.startsWith(name)).toBe(true);
    expect(fresh.slice(name.length, name.length + 32)).not.toBe(planted.slice(name.length, name.length + 32));
    const madeUp = `${name}${"A".repeat(32)}.${"B".repeat(43)}%3D`;
    const [other = ""] = (await post(SIGN_IN, ACCOUNT, { cookie: madeUp })).headers.getSetCookie();
    expect(other).not.toContain("A".repeat(32));
    expect((await edge.fetch("/api/v2/me", { headers: { cookie: madeUp } })).status).toBe(401);
  });

  it("401 says the same of a wrong password and of an unknown address", async () => {
    const wrong = await post(SIGN_IN, { email: ACCOUNT.email, password: "wrong" });
    const unknown = await post(SIGN_IN, { email: "nobody@example.com", password: "wrong" });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(wrong.headers.getSetCookie()).toEqual([]);
    const [one, other] = [await errorOf(wrong), await errorOf(unknown)];
    expect(one).toEqual({
      code: "invalid_credentials",
      message: "The e-mail address or the password is wrong.",
      details: {},
    });
    expect(other).toEqual(one);
  });

  it("403 refuses a foreign page, right password or not", async () => {
    for (const origin of ["https://evil.example.net", "null"]) {
      const response = await post(SIGN_IN, ACCOUNT, { origin });
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ error: { code: "origin_not_allowed" } });
      expect(response.headers.getSetCookie()).toEqual([]);
    }
  });

  it.each([
    ["no password", { email: "a@example.com" }],
    ["no address", { email: "a", password: "x" }],
    ["an unknown field", { email: "a@example.com", password: "x", callbackURL: "https://evil.example.net" }],
    ["an object for a password", { email: "a@example.com", password: { $ne: "" } }],
  ])("422 names the field: %s", async (_name, body) => {
    const response = await post(SIGN_IN, body);
    expect(response.status).toBe(422);
    expect((await errorOf(response)).details.issues).toHaveLength(1);
  });
});

describe("GET /api/auth/get-session", () => {
  it("200 tells who is signed in", async () => {
    const response = await edge.fetch("/api/auth/get-session", { headers: { cookie: await signedIn() } });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ user: { email: ACCOUNT.email } });
  });

  it("200 tells that nobody is", async () => {
    const response = await edge.fetch("/api/auth/get-session");
    expect(await response.json()).toEqual({ user: null, expires_at: null });
  });
});

describe("POST /api/auth/sign-out", () => {
  it("200 ends the session for good", async () => {
    const cookie = await signedIn();
    expect((await edge.fetch("/api/v2/me", { headers: { cookie } })).status).toBe(200);
    const response = await post("/api/auth/sign-out", {}, { cookie, origin: APP_ORIGIN });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ success: true });
    expect(response.headers.getSetCookie().join()).toMatch(/driveway\.session_token=; Max-Age=0/);
    expect((await edge.fetch("/api/v2/me", { headers: { cookie } })).status).toBe(401);
  });

  it("403 lets no foreign page sign anybody out", async () => {
    const cookie = await signedIn();
    const response = await post("/api/auth/sign-out", {}, { cookie, origin: "https://evil.example.net" });
    expect(response.status).toBe(403);
    expect((await edge.fetch("/api/v2/me", { headers: { cookie } })).status).toBe(200);
  });
});

describe("GET /api/v2/me", () => {
  it("200 names user, workspace and scopes, of a key and of a session", async () => {
    const { userId, tenantId } = owner.principal;
    const expected = {
      user: { id: userId, email: ACCOUNT.email, display_name: "owner" },
      workspace: { id: tenantId, name: "Workspace" },
      scopes: ["admin"],
    };
    expect(await (await edge.fetch("/api/v2/me", { as: owner })).json()).toEqual(expected);
    const bySession = await edge.fetch("/api/v2/me", { headers: { cookie: await signedIn() } });
    expect(await bySession.json()).toEqual(expected);
  });

  it("401 without credentials, and with a wrong key although the cookie is good", async () => {
    expect((await edge.fetch("/api/v2/me")).status).toBe(401);
    const headers = { cookie: await signedIn(), authorization: "Bearer wrong" };
    expect((await edge.fetch("/api/v2/me", { headers })).status).toBe(401);
  });
});

describe("every other path of the sign-in library", () => {
  it.each([
    "POST sign-up/email",
    "POST sign-in/social",
    "GET sign-in/email",
    "POST forget-password",
    "POST request-password-reset",
    "POST reset-password",
    "GET reset-password/token",
    "POST change-password",
    "POST change-email",
    "POST verify-password",
    "GET verify-email",
    "POST send-verification-email",
    "POST update-user",
    "POST delete-user",
    "GET delete-user/callback",
    "GET list-sessions",
    "POST revoke-session",
    "POST revoke-sessions",
    "POST revoke-other-sessions",
    "POST update-session",
    "POST get-session",
    "GET sign-out",
    "POST link-social",
    "GET list-accounts",
    "POST unlink-account",
    "POST refresh-token",
    "POST get-access-token",
    "GET account-info",
    "GET callback/google",
    "POST callback/google",
    "GET error",
    "GET ok",
    "GET ",
    "POST sign-in/email/",
    "POST sign-in//email",
  ])("%s is 404", async (operation) => {
    const [method = "", path = ""] = operation.split(" ");
    const response = await edge.fetch(`/api/auth/${path}`, {
      method,
      as: owner,
      ...(method === "POST" ? { body: "{}", headers: { "content-type": "application/json" } } : {}),
    });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: "not_found" } });
  });
});
