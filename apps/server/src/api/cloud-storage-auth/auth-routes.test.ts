import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connections as connectionRows, oauthAttempts } from "../../db/index.ts";
import { hashSecret } from "../../platform/index.ts";
import {
  AUTH_PATH,
  type AttemptSteps,
  attemptSteps,
  type Begun,
  resultOf,
} from "../../testing/attempt-steps.ts";
import type { Person } from "../../testing/make-person.ts";
import { APP_ORIGIN, PUBLIC_URL } from "../../testing/serve-routes.ts";
import {
  APP_CALLBACK,
  type Ask,
  type ConnectionsWorld,
  startConnectionsWorld,
} from "../../testing/start-connections-world.ts";

const PATH = AUTH_PATH;
const TEN_MINUTES = 10 * 60 * 1000;

let world: ConnectionsWorld;
let steps: AttemptSteps;
let member: Person;

beforeAll(async () => {
  world = await startConnectionsWorld();
  steps = attemptSteps(world, PUBLIC_URL);
  member = world.people.member;
});

afterAll(() => world.stop());

const begin = (options: Ask = {}, as: Person = member) => steps.begin(as, options);
const beginInBrowser = (as: Person = member) => steps.beginInBrowser(as);
const consent: AttemptSteps["consent"] = (...asked) => steps.consent(...asked);
const comeBack: AttemptSteps["comeBack"] = (...asked) => steps.comeBack(...asked);
const complete = (begun: Begun, back: URL, options: { as?: Person; redirect_uri?: string } = {}) =>
  steps.complete(begun, back, { as: member, ...options });
const attempt = (state: string, as: Person = member) => steps.attempt(state, as);

describe("POST auth/{provider}", () => {
  it("200: gives an address with PKCE, and keeps neither state nor verifier in the open", async () => {
    const begun = await begin({ body: { provider: "google_drive", redirect_uri: APP_CALLBACK } });
    const url = new URL(begun.url);
    expect(url.searchParams.get("state")).toBe(begun.state);
    expect(url.searchParams.get("redirect_uri")).toBe(APP_CALLBACK);
    expect(url.searchParams.get("code_challenge_method")).toBe("S256");
    expect(url.searchParams.get("access_type")).toBe("offline");
    const [row] = await world.db
      .select()
      .from(oauthAttempts)
      .where(eq(oauthAttempts.stateSha256, hashSecret(begun.state)));
    expect(JSON.stringify(row)).not.toContain(begun.state);
    expect(row).toMatchObject({ returnOrigin: null, browserSha256: null, redirectUri: APP_CALLBACK });
  });

  it("200: is not cached, and gives the browser one id for all its attempts", async () => {
    const body = { provider: "google_drive" };
    const headers = { origin: APP_ORIGIN };
    const first = await world.ask("POST", PATH, { as: member, body, headers });
    const cookie = first.headers.get("set-cookie") ?? "";
    expect(first.headers.get("cache-control")).toBe("no-store");
    expect(cookie).toMatch(/^driveway_browser=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    const again = await world.ask("POST", PATH, {
      as: member,
      body,
      headers: { ...headers, cookie: cookie.split(";")[0] ?? "" },
    });
    expect(again.headers.get("set-cookie")).toBeNull();
  });

  it("400: another provider in the body than in the path", async () => {
    const path = "/api/v2/cloud-storage/auth/dropbox";
    const reply = await world.ask("POST", path, { as: member, body: { provider: "google_drive" } });
    expect([reply.status, reply.body.error.code]).toEqual([400, "provider_mismatch"]);
  });

  it.each([
    `${APP_CALLBACK}/`,
    `${APP_CALLBACK}?x=1`,
    "https://APP.example.com/callback",
    "https://evil.example.com/",
  ])("400: the redirect URI %s, which is not in the list to the letter", async (redirect_uri) => {
    const reply = await world.ask("POST", PATH, {
      as: member,
      body: { provider: "google_drive", redirect_uri },
    });
    expect([reply.status, reply.body.error.code]).toEqual([400, "redirect_uri_not_allowed"]);
  });

  it("401: nobody", async () => {
    const reply = await world.ask("POST", PATH, { body: {} });
    expect([reply.status, reply.body.error.code]).toEqual([401, "unauthenticated"]);
  });

  it.each(["https://evil.example.com", "null"])("403: a page of the origin %s", async (origin) => {
    const reply = await world.ask("POST", PATH, {
      as: member,
      body: { provider: "google_drive" },
      headers: { origin },
    });
    expect([reply.status, reply.body.error.code]).toEqual([403, "origin_not_allowed"]);
  });

  it("404: an unknown provider", async () => {
    const reply = await world.ask("POST", "/api/v2/cloud-storage/auth/dropbox", {
      as: member,
      body: { provider: "dropbox" },
    });
    expect([reply.status, reply.body.error.code]).toEqual([404, "unknown_provider"]);
  });

  it("422: a field that it does not know", async () => {
    const body = { provider: "google_drive", scope: "drive" };
    const reply = await world.ask("POST", PATH, { as: member, body });
    expect([reply.status, reply.body.error.code]).toEqual([422, "unknown_field"]);
  });
});

describe("GET callback", () => {
  it("200: connects, and tells exactly the page that began", async () => {
    const begun = await beginInBrowser();
    const page = await comeBack(await consent(begun), begun.cookie);
    expect(page.status).toBe(200);
    const { message, origin } = resultOf(page);
    expect(origin).toBe(APP_ORIGIN);
    expect(message).toEqual({
      type: "oauth-complete",
      success: true,
      connection: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        provider: "google_drive",
        provider_email: "alice@example.com",
        provider_user_id: world.sandbox.accounts[0]?.sub,
        display_name: "Alice Example",
        is_token_expired: false,
      },
    });
    const kept = await attempt(begun.state);
    expect(kept.body).toEqual({ status: "succeeded", result: message });
    expect(kept.headers.get("cache-control")).toBe("no-store");
  });

  it("200: is a closed page without an opener policy", async () => {
    const begun = await beginInBrowser();
    const page = await comeBack(await consent(begun), begun.cookie);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("cross-origin-opener-policy")).toBeNull();
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(page.headers.get("referrer-policy")).toBe("no-referrer");
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    expect(page.headers.get("x-frame-options")).toBe("DENY");
    const nonce = /<script nonce="([^"]+)">/.exec(page.text)?.[1] ?? "";
    expect(page.headers.get("content-security-policy")).toBe(
      `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
    );
  });

  it("is another page every time: no nonce comes twice", async () => {
    const pages = await Promise.all(Array.from({ length: 5 }, () => world.ask("GET", `${PATH}/callback`)));
    const nonces = pages.map((page) =>
      /nonce-([\w-]+)'/.exec(page.headers.get("content-security-policy") ?? ""),
    );
    expect(new Set(nonces.map((found) => found?.[1])).size).toBe(5);
  });

  it("200: a refusal of the user", async () => {
    const begun = await beginInBrowser();
    const back = await consent(begun, { deny: true });
    expect(back.searchParams.get("code")).toBeNull();
    const page = await comeBack(back, begun.cookie);
    expect(page.status).toBe(200);
    const message = {
      type: "oauth-complete",
      success: false,
      error: "User denied access",
      code: "access_denied",
    };
    expect(resultOf(page)).toEqual({ message, origin: APP_ORIGIN });
    expect((await attempt(begun.state)).body).toEqual({ status: "failed", result: message });
  });

  it("200: Drive access unticked, and no connection is made", async () => {
    const { stranger } = world.people;
    const begun = await beginInBrowser(stranger);
    const page = await comeBack(
      await consent(begun, { email: "bob@example.com", untick: ["drive.readonly"] }),
      begun.cookie,
    );
    expect(resultOf(page).message).toMatchObject({ success: false, error: "Drive access was not granted." });
    const rows = await world.db
      .select()
      .from(connectionRows)
      .where(eq(connectionRows.userId, stranger.principal.userId));
    expect(rows).toEqual([]);
  });

  it("200: a wrong code", async () => {
    const begun = await beginInBrowser();
    const back = await consent(begun);
    back.searchParams.set("code", "4/0wrong");
    const page = await comeBack(back, begun.cookie);
    expect(page.status).toBe(200);
    expect(resultOf(page)).toMatchObject({ message: { success: false }, origin: APP_ORIGIN });
  });

  it("200: shows what the provider says as text and never as markup", async () => {
    const begun = await beginInBrowser();
    const back = new URL(`http://localhost${PATH}/callback`);
    const description = "</script><script>alert(1)</script>\u2028<img src=x onerror=alert(2)>";
    back.search = new URLSearchParams({
      state: begun.state,
      error: "odd",
      error_description: description,
    }).toString();
    const page = await comeBack(back, begun.cookie);
    expect(page.text.match(/<script/g)).toHaveLength(2);
    expect(page.text).not.toContain("<img");
    expect(page.text).not.toContain("\u2028".concat("\\u003c"));
    expect(resultOf(page).message?.error).toBe(description);
  });

  it("200: another browser can neither finish nor spoil an attempt: its page can only ask for the secret", async () => {
    const begun = await beginInBrowser();
    const other = await beginInBrowser();
    const back = await consent(begun);
    const denied = new URL(back);
    denied.searchParams.delete("code");
    denied.searchParams.set("error", "access_denied");
    for (const address of [back, denied]) {
      for (const cookie of ["", other.cookie, "driveway_browser=", "driveway_browser=x"]) {
        const page = await comeBack(address, cookie);
        expect(page.status).toBe(200);
        expect(resultOf(page)).toMatchObject({
          names: expect.arrayContaining(["state"]),
          origin: APP_ORIGIN,
        });
        expect(resultOf(page).message).toBeUndefined();
      }
    }
    expect((await attempt(begun.state)).body.status).toBe("pending");
    expect(resultOf(await comeBack(back, begun.cookie)).message?.success).toBe(true);
  });

  it("400: does not finish an attempt that a server began", async () => {
    const begun = await begin();
    const back = await consent(begun);
    const browser = await beginInBrowser();
    expect((await comeBack(back, browser.cookie)).status).toBe(400);
    expect((await complete(begun, back)).status).toBe(200);
  });

  it("400: an attempt that has ended, and one that took too long", async () => {
    const begun = await beginInBrowser();
    const back = await consent(begun);
    await comeBack(back, begun.cookie);
    const again = await comeBack(back, begun.cookie);
    expect(again.status).toBe(400);
    expect(resultOf(again)).toMatchObject({ message: { success: false }, origin: null });
    const late = await beginInBrowser();
    const lateBack = await consent(late);
    world.advance(TEN_MINUTES);
    const page = await comeBack(lateBack, late.cookie);
    expect([page.status, resultOf(page).message?.error]).toEqual([
      400,
      "This sign-in took longer than ten minutes. Begin a new one.",
    ]);
    expect((await attempt(late.state)).body).toEqual({ status: "expired", result: null });
  });

  it("200: a refusal of the user whose reason ends within a character", async () => {
    const begun = await beginInBrowser();
    const back = new URL(`http://localhost${PATH}/callback`);
    back.search = new URLSearchParams({
      state: begun.state,
      error: "server_error",
      error_description: `${"x".repeat(299)}\u{1F600}\u0000`,
    }).toString();
    const page = await comeBack(back, begun.cookie);
    expect([page.status, resultOf(page).message?.code]).toEqual([200, "provider_failed"]);
  });

  it("200: two popups of one browser, each with its own end", async () => {
    const [first, second] = [await beginInBrowser(), await beginInBrowser()];
    const { cookie } = first;
    const again = await begin({ headers: { origin: APP_ORIGIN, cookie } });
    expect(again.cookie).toBe("");
    expect(resultOf(await comeBack(await consent(again), cookie)).message?.success).toBe(true);
    expect(resultOf(await comeBack(await consent(first), cookie)).message?.success).toBe(true);
    expect(resultOf(await comeBack(await consent(second), cookie)).message).toBeUndefined();
  });

  it("400: another provider than the attempt's, which takes nothing", async () => {
    const begun = await beginInBrowser();
    const back = await consent(begun);
    const isBegun = eq(oauthAttempts.stateSha256, hashSecret(begun.state));
    await world.db.update(oauthAttempts).set({ provider: "other_drive" }).where(isBegun);
    expect((await comeBack(back, begun.cookie)).status).toBe(400);
    expect((await complete(begun, back)).body.error.code).toBe("invalid_state");
    await world.db.update(oauthAttempts).set({ provider: "google_drive" }).where(isBegun);
    expect((await comeBack(back, begun.cookie)).status).toBe(200);
  });

  it("400: another issuer, which takes nothing", async () => {
    const begun = await beginInBrowser();
    const back = await consent(begun);
    expect(back.searchParams.get("iss")).toBe(world.sandbox.issuer);
    const mixed = new URL(back);
    mixed.searchParams.set("iss", "https://evil.example.com");
    expect((await comeBack(mixed, begun.cookie)).status).toBe(400);
    expect((await comeBack(back, begun.cookie)).status).toBe(200);
  });

  it.each([
    "",
    "?code=x",
    "?state=x&code=&error=",
    "?state=unknown&code=x",
    "?state=a&state=b&code=x",
    `?state=${"s".repeat(3000)}`,
  ])("400: a page for the address %s", async (query) => {
    const page = await world.ask("GET", `${PATH}/callback${query}`);
    expect([page.status, page.headers.get("content-type")]).toEqual([400, "text/html; charset=utf-8"]);
    expect(resultOf(page)).toMatchObject({
      message: { type: "oauth-complete", success: false },
      origin: null,
    });
  });

  it("404: by HEAD, which takes nothing", async () => {
    const begun = await steps.beginInBrowser(member);
    const back = await steps.consent(begun);
    const headers = { cookie: begun.cookie };
    expect((await world.ask("HEAD", `${back.pathname}${back.search}`, { headers })).status).toBe(404);
    expect((await steps.attempt(begun.state, member)).body.status).toBe("pending");
    expect((await steps.comeBack(back, begun.cookie)).status).toBe(200);
  });

  it("404: a page for an unknown provider", async () => {
    const page = await world.ask("GET", "/api/v2/cloud-storage/auth/dropbox/callback?state=a&code=b");
    expect([page.status, resultOf(page).message?.success]).toEqual([404, false]);
  });

  it("finishes an attempt once, however many come at the same time", async () => {
    const begun = await beginInBrowser();
    const back = await consent(begun);
    const pages = await Promise.all(Array.from({ length: 8 }, () => comeBack(back, begun.cookie)));
    expect(pages.map((page) => page.status).toSorted((left, right) => left - right)).toEqual([
      200,
      ...Array.from({ length: 7 }, () => 400),
    ]);
  });
});

describe("POST callback", () => {
  it("200: connects, and renews what is there", async () => {
    const { admin } = world.people;
    const first = await begin({}, admin);
    const reply = await complete(first, await consent(first), { as: admin });
    expect(reply.status).toBe(200);
    expect(reply.headers.get("cache-control")).toBe("no-store");
    expect(reply.body).toEqual({
      connection: {
        id: expect.any(String),
        provider: "google_drive",
        provider_email: "alice@example.com",
        provider_display_name: "Alice Example",
        is_active: true,
        created_at: expect.stringMatching(/Z$/),
        last_used_at: null,
        needs_reauth_reason: null,
      },
      is_new: true,
    });
    const second = await begin({}, admin);
    const renewed = await complete(second, await consent(second), { as: admin });
    expect(renewed.body).toMatchObject({ connection: { id: reply.body.connection.id }, is_new: false });
  });

  it("200: also finishes an attempt that began in a browser", async () => {
    const begun = await beginInBrowser();
    expect((await complete(begun, await consent(begun))).status).toBe(200);
  });

  it("200: keeps tokens sealed", async () => {
    const rows = await world.db.select().from(connectionRows);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(row.accessTokenSealed).toMatch(/^test\./);
      expect(JSON.stringify(row)).not.toMatch(/ya29|1\/\/0/);
    }
  });

  it("400: another redirect URI than the attempt's, which takes nothing", async () => {
    const begun = await begin({ body: { provider: "google_drive", redirect_uri: APP_CALLBACK } });
    const back = await consent(begun);
    const wrong = await complete(begun, back, { redirect_uri: `${APP_CALLBACK}/` });
    expect([wrong.status, wrong.body.error.code]).toEqual([400, "redirect_uri_mismatch"]);
    expect((await complete(begun, back, { redirect_uri: APP_CALLBACK })).status).toBe(200);
  });

  it("400: a wrong code ends the attempt", async () => {
    const begun = await begin();
    const back = await consent(begun);
    const wrong = new URL(back);
    wrong.searchParams.set("code", "4/0wrong");
    const reply = await complete(begun, wrong);
    expect([reply.status, reply.body.error.code]).toEqual([400, "invalid_code"]);
    const used = await complete(begun, back);
    expect([used.status, used.body.error.code]).toEqual([400, "state_used"]);
    expect((await attempt(begun.state)).body.status).toBe("failed");
  });

  it("400: Drive access that was not granted", async () => {
    const { stranger } = world.people;
    const begun = await begin({}, stranger);
    const back = await consent(begun, { email: "bob@example.com", untick: ["drive.readonly"] });
    const reply = await complete(begun, back, { as: stranger });
    expect([reply.status, reply.body.error]).toMatchObject([
      400,
      { code: "scope_not_granted", message: "Drive access was not granted." },
    ]);
  });

  it("400: an unknown state, one of another tenant, and one that took too long", async () => {
    const begun = await begin();
    const back = await consent(begun);
    const unknown = await complete({ ...begun, state: "unknown" }, back);
    expect([unknown.status, unknown.body.error.code]).toEqual([400, "invalid_state"]);
    const foreign = await complete(begun, back, { as: world.people.stranger });
    expect([foreign.status, foreign.body.error.code]).toEqual([400, "invalid_state"]);
    world.advance(TEN_MINUTES);
    const late = await complete(begun, back);
    expect([late.status, late.body.error.code]).toEqual([400, "state_expired"]);
  });

  it("reads an outcome that an earlier version kept without a code", async () => {
    const begun = await begin();
    await world.db
      .update(oauthAttempts)
      .set({ consumedAt: new Date(world.now()), outcome: { succeeded: false, error: "It failed." } })
      .where(eq(oauthAttempts.stateSha256, hashSecret(begun.state)));
    const result = { type: "oauth-complete", success: false, error: "It failed." };
    expect((await attempt(begun.state)).body).toEqual({ status: "failed", result });
  });

  it("403: a colleague's attempt, which stays theirs", async () => {
    const begun = await begin();
    const back = await consent(begun);
    const reply = await complete(begun, back, { as: world.people.admin });
    expect([reply.status, reply.body.error.code]).toEqual([403, "forbidden"]);
    expect((await complete(begun, back)).status).toBe(200);
  });

  it("404: an unknown provider", async () => {
    const body = { code: "x", state: "y" };
    const reply = await world.ask("POST", "/api/v2/cloud-storage/auth/dropbox/callback", {
      as: member,
      body,
    });
    expect([reply.status, reply.body.error.code]).toEqual([404, "unknown_provider"]);
  });
});

describe("GET attempts/{state}", () => {
  it("200: pending until it ends", async () => {
    const begun = await beginInBrowser();
    expect((await attempt(begun.state)).body).toEqual({ status: "pending", result: null });
  });

  it("403: a colleague's", async () => {
    const begun = await beginInBrowser();
    expect((await attempt(begun.state, world.people.admin)).status).toBe(403);
  });

  it("404: another tenant's, and an unknown one", async () => {
    const begun = await beginInBrowser();
    const foreign = await attempt(begun.state, world.people.stranger);
    expect([foreign.status, foreign.body.error.code]).toEqual([404, "attempt_not_found"]);
    expect((await attempt("unknown")).status).toBe(404);
  });
});
