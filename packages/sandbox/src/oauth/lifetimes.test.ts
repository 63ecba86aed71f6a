import { decodeJwt, decodeProtectedHeader } from "jose";
import { describe, expect, it } from "vitest";
import { createSandbox } from "../create-sandbox.ts";
import { WebClient } from "../testing/web-client.ts";
import { withSandbox } from "../testing/with-sandbox.ts";

const DAY_SECONDS = 86_400;
const REVOKED = { error: "invalid_grant", error_description: "Token has been expired or revoked." };

describe("the lifetime of tokens", () => {
  it("ends after the time that access was granted for, and is told in every answer", () =>
    withSandbox(
      async ({ client, passSeconds }) => {
        const { body } = await client.connect({ scope: "openid email" });
        expect(body.refresh_token_expires_in).toBe(3000);
        passSeconds(2999);
        expect((await client.refresh(body.refresh_token)).body.refresh_token_expires_in).toBe(1);
        passSeconds(1);
        expect(await client.refresh(body.refresh_token)).toEqual({ status: 400, body: REVOKED });
      },
      { settings: { oauth: { timeBasedAccessSeconds: 3000 } } },
    ));

  it("is told to the second, also when time passes while tokens are issued", async () => {
    let nowMs = Date.UTC(2026, 0, 15, 12);
    const settings = { oauth: { publishing: "testing" } } as const;
    const now = () => (nowMs += 1);
    const sandbox = await createSandbox({ library: "none", settings, now });
    try {
      const { body } = await new WebClient(sandbox).connect();
      expect(body.refresh_token_expires_in).toBe(604_799);
    } finally {
      await sandbox.close();
    }
  });

  it("is the shorter one for an app in testing with access for a time", () =>
    withSandbox(
      async ({ sandbox, client }) => {
        expect((await client.connect()).body.refresh_token_expires_in).toBe(60);
        sandbox.settings.change({ oauth: { timeBasedAccessSeconds: 30 * DAY_SECONDS } });
        expect((await client.connect()).body.refresh_token_expires_in).toBe(604_799);
      },
      { settings: { oauth: { publishing: "testing", timeBasedAccessSeconds: 60 } } },
    ));

  it("has no end for tokens issued after the app was published, and keeps it for those before", () =>
    withSandbox(
      async ({ sandbox, client, passSeconds }) => {
        const before = await client.connect();
        sandbox.settings.change({ oauth: { publishing: "production" } });
        const after = await client.connect();
        expect(after.body).not.toHaveProperty("refresh_token_expires_in");
        passSeconds(8 * DAY_SECONDS);
        expect((await client.refresh(before.body.refresh_token)).body).toEqual(REVOKED);
        expect((await client.refresh(after.body.refresh_token)).status).toBe(200);
      },
      { settings: { oauth: { publishing: "testing" } } },
    ));

  it("does not depend on use when refreshTokenIdleDays is null", () =>
    withSandbox(
      async ({ client, passSeconds }) => {
        const { body } = await client.connect();
        passSeconds(1000 * DAY_SECONDS);
        expect((await client.refresh(body.refresh_token)).status).toBe(200);
      },
      { settings: { oauth: { refreshTokenIdleDays: null } } },
    ));

  it("leaves no refresh token behind: the next consent earns one without prompt=consent", () =>
    withSandbox(async ({ client, passSeconds }) => {
      await client.connect();
      expect((await client.connect({ prompt: null })).body).not.toHaveProperty("refresh_token");
      passSeconds(180 * DAY_SECONDS);
      expect((await client.connect({ prompt: null })).body).toHaveProperty("refresh_token");
    }));

  it("is that of the settings for codes", () =>
    withSandbox(
      async ({ client, passSeconds }) => {
        const code = await client.code();
        passSeconds(5);
        expect((await client.exchange(code)).body.error).toBe("invalid_grant");
      },
      { settings: { oauth: { codeLifetimeSeconds: 5 } } },
    ));

  it("cannot be ended a second time during the grace after a revocation", () =>
    withSandbox(
      async ({ sandbox, client }) => {
        const { body } = await client.connect();
        sandbox.revokeGrant("alice@example.com");
        expect((await client.get("/v1/userinfo", body.access_token)).status).toBe(200);
        const again = await client.post("/revoke", { token: String(body.access_token) });
        expect(again).toMatchObject({ status: 400, body: { error: "invalid_token" } });
        expect((await client.refresh(body.refresh_token)).body).toEqual(REVOKED);
      },
      { settings: { oauth: { revokedAccessTokenGraceSeconds: 60 } } },
    ));
});

describe("the sizes that a client has to allow for", () => {
  it("are kept: codes 256 bytes, access tokens 2048, refresh tokens 512", () =>
    withSandbox(async ({ client }) => {
      const code = await client.code();
      const { body } = await client.exchange(code);
      expect(code.length).toBeLessThanOrEqual(256);
      expect(String(body.access_token).length).toBeLessThanOrEqual(2048);
      expect(String(body.refresh_token).length).toBeLessThanOrEqual(512);
    }));
});

describe("ID tokens", () => {
  it.each([300, -300])("are dated by a clock that is %i seconds ahead", (idTokenClockSkewSeconds) =>
    withSandbox(
      async ({ sandbox, client }) => {
        const { body } = await client.connect();
        const claims = decodeJwt(String(body.id_token));
        const nowSeconds = Math.floor(sandbox.clock.now() / 1000);
        expect(claims.iat).toBe(nowSeconds + idTokenClockSkewSeconds);
        expect(claims.exp).toBe(nowSeconds + idTokenClockSkewSeconds + 3600);
      },
      { settings: { oauth: { idTokenClockSkewSeconds } } },
    ),
  );

  it("are signed with a new key from time to time; the old one is published for one period more", () =>
    withSandbox(
      async ({ client, passSeconds }) => {
        const published = async () => {
          const { body } = await client.get("/oauth2/v3/certs");
          return (body.keys as unknown as { kid: string }[]).map(({ kid }) => kid);
        };
        const signedWith = async () =>
          decodeProtectedHeader(String((await client.connect()).body.id_token)).kid ?? "";
        const first = await signedWith();
        passSeconds(1000);
        const second = await signedWith();
        expect(await published()).toEqual([second, first]);
        passSeconds(1000);
        expect(await published()).toEqual([expect.any(String), second]);
        passSeconds(5000);
        expect(await published()).toEqual([await signedWith()]);
      },
      { settings: { oauth: { signingKeyRotationSeconds: 1000 } } },
    ));

  it("have keys that may be held on to until the next change", () =>
    withSandbox(
      async ({ sandbox, passSeconds }) => {
        const cacheControl = async () =>
          (await fetch(`${sandbox.origin}/oauth2/v3/certs`)).headers.get("cache-control");
        expect(await cacheControl()).toBe("public, max-age=1000");
        passSeconds(400);
        expect(await cacheControl()).toBe("public, max-age=600");
        sandbox.settings.change({ oauth: { signingKeyRotationSeconds: null } });
        expect(await cacheControl()).toBe("public, max-age=3600");
      },
      { settings: { oauth: { signingKeyRotationSeconds: 1000 } } },
    ));
});

describe("the issuer on the redirect", () => {
  it("is left out when the settings say so, and discovery does not promise it then", () =>
    withSandbox(
      async ({ client }) => {
        expect((await client.consent()).searchParams.has("iss")).toBe(false);
        expect((await client.consent({}, { deny: true })).searchParams.has("iss")).toBe(false);
        const { body } = await client.get("/.well-known/openid-configuration");
        expect(body.authorization_response_iss_parameter_supported).toBe(false);
      },
      { settings: { oauth: { sendIssuer: false } } },
    ));
});
