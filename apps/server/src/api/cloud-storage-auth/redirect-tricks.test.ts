import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AUTH_PATH } from "../../testing/attempt-steps.ts";
import { APP_ORIGIN } from "../../testing/serve-routes.ts";
import {
  APP_CALLBACK,
  type ConnectionsWorld,
  startConnectionsWorld,
} from "../../testing/start-connections-world.ts";

let world: ConnectionsWorld;

beforeAll(async () => {
  world = await startConnectionsWorld();
});
afterAll(() => world.stop());

const begin = (body: object, headers: Record<string, string> = { origin: APP_ORIGIN }) =>
  world.ask("POST", AUTH_PATH, {
    as: world.people.member,
    body: { provider: "google_drive", ...body },
    headers,
  });

/** Other spellings of, and ways around, https://app.example.com/callback. */
const TRICKS = [
  "https://app.example.com.evil.example/callback",
  "https://evil-app.example.com/callback",
  "https://app.example.comevil.example/callback",
  "https://sub.app.example.com/callback",
  "https://example.com/callback",
  "https://app.example.com@evil.example/callback",
  "https://user@app.example.com/callback",
  "https://user:pass@app.example.com/callback",
  "https://@app.example.com/callback",
  "https://evil.example\\@app.example.com/callback",
  "https://app.example.com\\@evil.example/callback",
  "https:\\\\app.example.com\\callback",
  "https://app.example.com\\callback",
  "https:/app.example.com/callback",
  "https:app.example.com/callback",
  "https:///app.example.com/callback",
  "//app.example.com/callback",
  "//evil.example/callback",
  "/callback",
  "callback",
  "http://app.example.com/callback",
  "HTTPS://app.example.com/callback",
  "https://APP.example.com/callback",
  "https://app.example.com./callback",
  "https://app.example.com:443/callback",
  "https://app.example.com:8443/callback",
  "https://app.example.com:/callback",
  "https://app.exa\u00admple.com/callback",
  "https://\u0430pp.example.com/callback",
  "https://xn--pp-7kc.example.com/callback",
  "https://app\u3002example\u3002com/callback",
  "https://app.example.com%2ecom/callback",
  "https://app.example.com%2f@evil.example/callback",
  "https://app.example.com%00.evil.example/callback",
  "https://%61pp.example.com/callback",
  " https://app.example.com/callback",
  "https://app.example.com/callback ",
  "\thttps://app.example.com/callback",
  "https://app.exam\tple.com/callback",
  "https://app.example.com/call\nback",
  "https://app.example.com/callback\r\n",
  "https://app.example.com/callback\r\nSet-Cookie: a=b",
  "https://app.example.com/callback\u0000",
  "https://app.example.com/callback#",
  "https://app.example.com/callback#fragment",
  "https://app.example.com/x/../callback",
  "https://app.example.com/x/%2e%2e/callback",
  "https://app.example.com/./callback",
  "javascript:alert(document.domain)//https://app.example.com/callback",
  "data:text/html,https://app.example.com/callback",
  "blob:https://app.example.com/callback",
  "filesystem:https://app.example.com/callback",
  "view-source:https://app.example.com/callback",
  "null",
];

describe("redirect_uri", () => {
  it.each([
    ...TRICKS,
    "https://app.example.com/callback/",
    "https://app.example.com/callback?",
    "https://app.example.com/callback?x=1",
    "https://app.example.com/Callback",
    "https://app.example.com//callback",
    "https://app.example.com/%63allback",
    "https://app.example.com/callback%2f..%2f",
  ])("400: %j", async (redirect_uri) => {
    const reply = await begin({ redirect_uri });
    expect([reply.status, reply.body.error.code]).toEqual([400, "redirect_uri_not_allowed"]);
  });

  it("200: the one in the list, to the letter", async () => {
    const reply = await begin({ redirect_uri: APP_CALLBACK });
    expect(new URL(reply.body.authorization_url).searchParams.get("redirect_uri")).toBe(APP_CALLBACK);
  });
});

describe("return_url", () => {
  it.each([
    ...TRICKS,
    "https://app.example.com?next=https://app.example.com/",
    `https://app.example.com/${"x".repeat(2048)}`,
    "",
  ])("400: %j", async (return_url) => {
    const reply = await begin({ return_url });
    expect([reply.status, reply.body.error.code]).toEqual([400, "return_url_not_allowed"]);
    expect(reply.body.error.message).toMatch(/^The return URL .+\.$/);
  });

  it("400: asked for without an Origin", async () => {
    const reply = await begin({ return_url: APP_CALLBACK }, {});
    expect([reply.status, reply.body.error.code]).toEqual([400, "return_url_not_allowed"]);
    expect(reply.body.error.message).toContain("Origin");
  });

  it.each([APP_ORIGIN, `${APP_ORIGIN}/`, APP_CALLBACK, `${APP_ORIGIN}/a/b?c=d%20e`])(
    "200: %s, as it is",
    async (return_url) => {
      expect((await begin({ return_url })).status).toBe(200);
    },
  );
});

describe("Origin", () => {
  it.each([
    ...TRICKS.map((trick) => trick.replace(/\/callback$/, "")).filter(
      (trick) => trick !== "/callback" && /^[\x21-\x7e]+$/.test(trick) && trick !== APP_ORIGIN,
    ),
    `${APP_ORIGIN}/`,
    `${APP_ORIGIN},https://evil.example`,
    `${APP_ORIGIN} https://evil.example`,
    `https://evil.example ${APP_ORIGIN}`,
    "file://",
    "*",
  ])("403: %j", async (origin) => {
    const reply = await begin({}, { origin });
    expect([reply.status, reply.body.error.code]).toEqual([403, "origin_not_allowed"]);
  });

  it("200: the one in the list", async () => {
    expect((await begin({})).status).toBe(200);
  });
});
