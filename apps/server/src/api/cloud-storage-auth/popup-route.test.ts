import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { oauthAttempts } from "../../db/index.ts";
import { hashSecret, randomSecret } from "../../platform/index.ts";
import { AUTH_PATH, type AttemptSteps, attemptSteps, resultOf } from "../../testing/attempt-steps.ts";
import type { Person } from "../../testing/make-person.ts";
import { APP_ORIGIN, PUBLIC_URL } from "../../testing/serve-routes.ts";
import { type ConnectionsWorld, startConnectionsWorld } from "../../testing/start-connections-world.ts";

let world: ConnectionsWorld;
let steps: AttemptSteps;
let member: Person;

beforeAll(async () => {
  world = await startConnectionsWorld();
  steps = attemptSteps(world, PUBLIC_URL);
  member = world.people.member;
});
afterAll(() => world.stop());

const statusOf = async (state: string) => (await steps.attempt(state, member)).body.status;

describe("the secret of an attempt", () => {
  it("comes with the reply to a page, has 256 bits, and rests as a hash", async () => {
    const begun = await steps.beginInBrowser(member);
    expect(begun.secret).toMatch(/^[\w-]{43}$/);
    const isBegun = eq(oauthAttempts.stateSha256, hashSecret(begun.state));
    const row = await world.db.query.oauthAttempts.findFirst({ where: isBegun });
    expect(row?.secretSha256).toEqual(hashSecret(begun.secret ?? ""));
    expect(JSON.stringify(row)).not.toContain(begun.secret);
  });

  it("is not there for a server, which finishes by itself, nor for a full-page redirect", async () => {
    expect((await steps.begin(member)).secret).toBeNull();
    const redirected = await steps.beginInBrowser(member, { return_url: `${APP_ORIGIN}/done` });
    expect(redirected.secret).toBeNull();
  });
});

describe("the callback page in a browser without the cookie", () => {
  it("asks for the secret at exactly the return origin, may call one address, and takes nothing", async () => {
    const begun = await steps.beginInBrowser(member);
    const back = await steps.consent(begun);
    back.searchParams.set("extra", "x");
    const page = await steps.comeBack(back, "");
    const address = `${PUBLIC_URL}${AUTH_PATH}/callback/popup`;
    const names = ["code", "state", "error", "error_description", "iss"];
    expect(resultOf(page)).toEqual({
      names,
      origin: APP_ORIGIN,
      address,
    });
    for (const name of names) expect(page.text).not.toContain(back.searchParams.get(name) ?? "nothing sent");
    const nonce = /<script nonce="([^"]+)">/.exec(page.text)?.[1] ?? "";
    expect(page.headers.get("content-security-policy")).toBe(
      `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src ${address}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
    );
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(page.headers.get("cross-origin-opener-policy")).toBeNull();
    expect(await statusOf(begun.state)).toBe("pending");
  });

  it("does not ask for an attempt of a server, one that has ended, or one that ran out", async () => {
    const server = await steps.begin(member);
    const ended = await steps.beginInBrowser(member);
    await steps.comeBack(await steps.consent(ended), ended.cookie);
    const backs = [await steps.consent(server), await steps.consent(ended)];
    for (const back of backs) {
      const page = await steps.comeBack(back, "");
      expect([page.status, resultOf(page).names]).toEqual([400, undefined]);
    }
    const late = await steps.beginInBrowser(member);
    const back = await steps.consent(late);
    world.advance(10 * 60 * 1000);
    expect((await steps.comeBack(back, "")).status).toBe(400);
  });
});

describe("POST callback/popup", () => {
  it("200: connects with the secret, once, and answers the message", async () => {
    const begun = await steps.beginInBrowser(member);
    const back = await steps.consent(begun);
    const reply = await steps.sendSecret(back, begun.secret);
    expect(reply.status).toBe(200);
    expect(reply.headers.get("cache-control")).toBe("no-store");
    expect(reply.body).toMatchObject({
      type: "oauth-complete",
      success: true,
      connection: { provider_email: "alice@example.com" },
    });
    const kept = await steps.attempt(begun.state, member);
    expect(kept.body).toEqual({ status: "succeeded", result: reply.body });
    const again = await steps.sendSecret(back, begun.secret);
    expect([again.status, again.body.error.code]).toEqual([400, "state_used"]);
  });

  it("200: a refusal of the user goes the same way", async () => {
    const begun = await steps.beginInBrowser(member);
    const reply = await steps.sendSecret(await steps.consent(begun, { deny: true }), begun.secret);
    expect(reply.body).toEqual({
      type: "oauth-complete",
      success: false,
      error: "User denied access",
      code: "access_denied",
    });
  });

  it("200: once, however many come at the same time, and the cookie's browser among them", async () => {
    const begun = await steps.beginInBrowser(member);
    const back = await steps.consent(begun);
    const replies = await Promise.all([
      ...Array.from({ length: 6 }, () => steps.sendSecret(back, begun.secret)),
      ...Array.from({ length: 2 }, () => steps.comeBack(back, begun.cookie)),
    ]);
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it("400: a wrong secret, another attempt's, or none of ours gets nothing and spoils nothing", async () => {
    const begun = await steps.beginInBrowser(member);
    const other = await steps.beginInBrowser(world.people.stranger);
    const back = await steps.consent(begun);
    for (const secret of [randomSecret(), other.secret, begun.state, " ", begun.secret?.toLowerCase()]) {
      const reply = await steps.sendSecret(back, secret);
      expect([reply.status, reply.body.error.code]).toEqual([400, "invalid_attempt_secret"]);
    }
    expect(await statusOf(begun.state)).toBe("pending");
    expect((await steps.sendSecret(back, begun.secret)).status).toBe(200);
  });

  it("400: a server's attempt, a full-page redirect's, an unknown one, and one that ran out", async () => {
    const server = await steps.begin(member);
    const redirected = await steps.beginInBrowser(member, { return_url: `${APP_ORIGIN}/done` });
    for (const begun of [server, redirected]) {
      const back = await steps.consent(begun);
      for (const secret of [randomSecret(), "null"]) {
        expect((await steps.sendSecret(back, secret)).body.error.code).toBe("invalid_state");
      }
      expect(await statusOf(begun.state)).toBe("pending");
    }
    const unknown = new URL("http://localhost/?state=unknown&code=x");
    expect((await steps.sendSecret(unknown, randomSecret())).body.error.code).toBe("invalid_state");
    const late = await steps.beginInBrowser(member);
    const back = await steps.consent(late);
    world.advance(10 * 60 * 1000);
    expect((await steps.sendSecret(back, late.secret)).body.error.code).toBe("state_expired");
  });

  it("400: another issuer takes nothing", async () => {
    const begun = await steps.beginInBrowser(member);
    const back = await steps.consent(begun);
    const mixed = new URL(back);
    mixed.searchParams.set("iss", "https://evil.example.com");
    expect((await steps.sendSecret(mixed, begun.secret)).body.error.code).toBe("issuer_mismatch");
    expect((await steps.sendSecret(back, begun.secret)).status).toBe(200);
  });

  it.each([APP_ORIGIN, "https://evil.example.com", "null", `${PUBLIC_URL}/`, "http://127.0.0.1:8080", ""])(
    "403: a page of the origin %j, even one that knows the secret",
    async (origin) => {
      const begun = await steps.beginInBrowser(member);
      const back = await steps.consent(begun);
      const headers: Record<string, string> = origin === "" ? {} : { origin };
      const reply = await steps.sendSecret(back, begun.secret, { headers });
      expect([reply.status, reply.body.error.code]).toEqual([403, "origin_not_allowed"]);
      expect(await statusOf(begun.state)).toBe("pending");
    },
  );

  it("422: no secret, a field that it does not know, and a code longer than allowed take nothing", async () => {
    const begun = await steps.beginInBrowser(member);
    const back = await steps.consent(begun);
    const secret = begun.secret ?? "";
    const ask = (body: object) =>
      world.ask("POST", `${AUTH_PATH}/callback/popup`, { headers: { origin: PUBLIC_URL }, body });
    const base = { state: begun.state, code: "x" };
    expect((await ask(base)).body.error.code).toBe("validation_failed");
    expect((await ask({ ...base, attempt_secret: "" })).body.error.code).toBe("validation_failed");
    expect((await ask({ ...base, attempt_secret: secret, x: 1 })).body.error.code).toBe("unknown_field");
    const long = await ask({ ...base, attempt_secret: secret, code: "c".repeat(2049) });
    expect([long.status, long.body.error.code]).toEqual([422, "validation_failed"]);
    expect((await steps.sendSecret(back, secret)).status).toBe(200);
  });
});
