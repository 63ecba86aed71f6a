import { describe, expect, it } from "vitest";
import { withSandbox } from "../testing/with-sandbox.ts";

const REVOKED = { error: "invalid_grant", error_description: "Token has been expired or revoked." };
const BAD_GRANT = { error: "invalid_grant", error_description: "Bad Request" };

describe("exchanging a code", () => {
  it("gives an access token, a refresh token, the scopes and an ID token", () =>
    withSandbox(async ({ client }) => {
      const { status, body } = await client.connect();
      expect(status).toBe(200);
      expect(body).toMatchObject({ token_type: "Bearer", expires_in: 3599 });
      expect(body.access_token).toMatch(/^ya29\./);
      expect(body.refresh_token).toMatch(/^1\/\/0/);
      expect(String(body.scope).split(" ").toSorted()).toEqual([
        "https://www.googleapis.com/auth/drive.file",
        "https://www.googleapis.com/auth/userinfo.email",
        "https://www.googleapis.com/auth/userinfo.profile",
        "openid",
      ]);
      expect(body.id_token).toBeTypeOf("string");
    }));

  it("gives no ID token without a sign-in scope", () =>
    withSandbox(async ({ client }) => {
      const { body } = await client.connect({ scope: "https://www.googleapis.com/auth/drive.file" });
      expect(body).not.toHaveProperty("id_token");
    }));

  it("gives a refresh token for offline access only, and a second one only with prompt=consent", () =>
    withSandbox(async ({ client }) => {
      const online = await client.connect({ access_type: "online" });
      const first = await client.connect({ prompt: null });
      const second = await client.connect({ prompt: null });
      const forced = await client.connect({ prompt: "consent" });
      expect(online.body).not.toHaveProperty("refresh_token");
      expect(first.body).toHaveProperty("refresh_token");
      expect(second.body).not.toHaveProperty("refresh_token");
      expect(forced.body).toHaveProperty("refresh_token");
      expect(forced.body.refresh_token).not.toBe(first.body.refresh_token);
    }));

  it("works once, and a second try ends the tokens of the first", () =>
    withSandbox(async ({ client }) => {
      const code = await client.code();
      const { body } = await client.exchange(code);
      expect(await client.exchange(code)).toEqual({ status: 400, body: BAD_GRANT });
      expect((await client.refresh(body.refresh_token)).body).toEqual(REVOKED);
      expect((await client.get("/v1/userinfo", body.access_token)).status).toBe(401);
    }));

  it("ends with a second try also what was refreshed from the tokens of the first, and no other tokens", () =>
    withSandbox(async ({ client }) => {
      const other = await client.connect();
      const code = await client.code();
      const { body } = await client.exchange(code);
      const refreshed = await client.refresh(body.refresh_token);
      const status = async (token: typeof body.access_token) =>
        (await client.get("/v1/userinfo", token)).status;
      expect(await status(refreshed.body.access_token)).toBe(200);
      await client.exchange(code);
      expect(await status(refreshed.body.access_token)).toBe(401);
      expect(await status((await client.refresh(other.body.refresh_token)).body.access_token)).toBe(200);
    }));

  it("works for ten minutes", () =>
    withSandbox(async ({ client, passSeconds }) => {
      const early = await client.code();
      passSeconds(599);
      expect((await client.exchange(early)).status).toBe(200);
      const late = await client.code();
      passSeconds(600);
      expect((await client.exchange(late)).body).toEqual(BAD_GRANT);
    }));

  it("tells a code that was encoded twice from one that is unknown", () =>
    withSandbox(async ({ client }) => {
      const malformed = await client.exchange(encodeURIComponent(await client.code()));
      expect(malformed.body.error_description).toBe("Malformed auth code.");
      expect((await client.exchange("4/0Aunknown")).body).toEqual(BAD_GRANT);
    }));

  it.each([
    [400, "invalid_request", "client_secret is missing.", { client_secret: null }],
    [401, "invalid_client", "The provided client secret is invalid.", { client_secret: "wrong" }],
    [401, "invalid_client", "The OAuth client was not found.", { client_id: "other" }],
    [400, "invalid_request", "Could not determine client ID from request.", { client_id: null }],
    [400, "invalid_grant", "Missing code verifier.", { code_verifier: null }],
    [400, "invalid_grant", "Invalid code verifier.", { code_verifier: "v".repeat(43) }],
    [400, "redirect_uri_mismatch", "Bad Request", { redirect_uri: "http://127.0.0.1:4999/other" }],
    [400, "redirect_uri_mismatch", "Bad Request", { redirect_uri: null }],
    [400, "unsupported_grant_type", "Invalid grant_type: password", { grant_type: "password" }],
    [400, "invalid_request", "Missing required parameter: code", { code: null }],
  ])("answers %i %s %s to %j", (status, error, description, changes) =>
    withSandbox(async ({ client }) => {
      const answer = await client.exchange(await client.code(), changes);
      expect(answer).toEqual({ status, body: { error, error_description: description } });
    }),
  );

  it("checks plain challenges and refuses a verifier nobody announced", () =>
    withSandbox(async ({ client }) => {
      const plain = await client.code({ code_challenge: client.codeVerifier, code_challenge_method: null });
      expect((await client.exchange(plain)).status).toBe(200);
      const none = await client.code({ code_challenge: null, code_challenge_method: null });
      expect((await client.exchange(none)).body.error).toBe("invalid_grant");
      expect((await client.exchange(none, { code_verifier: null })).status).toBe(200);
    }));

  it("takes the client's credentials from a Basic header too", () =>
    withSandbox(async ({ sandbox, client }) => {
      const basic = (secret: string) =>
        `Basic ${Buffer.from(`${encodeURIComponent(sandbox.clientId)}:${secret}`).toString("base64")}`;
      const form = {
        grant_type: "authorization_code",
        code: await client.code(),
        redirect_uri: client.redirectUri,
        code_verifier: client.codeVerifier,
      };
      const wrong = await client.post("/token", form, { authorization: basic("wrong") });
      const right = await client.post("/token", form, { authorization: basic(sandbox.clientSecret) });
      expect(wrong.status).toBe(401);
      expect(right.status).toBe(200);
    }));

  it("refuses JSON, as only forms are accepted", () =>
    withSandbox(async ({ sandbox }) => {
      const answer = await fetch(`${sandbox.origin}/token`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ grant_type: "refresh_token" }),
      });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toHaveProperty("error", "invalid_request");
    }));
});

describe("refreshing", () => {
  it("gives a new access token and does not rotate the refresh token", () =>
    withSandbox(async ({ client }) => {
      const { body } = await client.connect();
      const [one, two] = await Promise.all([
        client.refresh(body.refresh_token),
        client.refresh(body.refresh_token),
      ]);
      expect(one.body).not.toHaveProperty("refresh_token");
      expect(one.body).toHaveProperty("id_token");
      expect(one.body.access_token).not.toBe(two.body.access_token);
      expect((await client.get("/v1/userinfo", one.body.access_token)).status).toBe(200);
      expect((await client.get("/v1/userinfo", two.body.access_token)).status).toBe(200);
    }));

  it("tells an unknown token from one that was revoked", () =>
    withSandbox(async ({ sandbox, client }) => {
      const { body } = await client.connect();
      expect(await client.refresh("1//0garbage")).toEqual({ status: 400, body: BAD_GRANT });
      sandbox.revokeGrant("alice@example.com");
      expect(await client.refresh(body.refresh_token)).toEqual({ status: 400, body: REVOKED });
    }));

  it("silently ends the oldest of more than a hundred refresh tokens", () =>
    withSandbox(async ({ client }) => {
      const oldest = await client.connect();
      const second = await client.connect();
      for (let count = 2; count < 101; count += 1) {
        await client.connect();
      }
      expect((await client.refresh(oldest.body.refresh_token)).body).toEqual(REVOKED);
      expect((await client.refresh(second.body.refresh_token)).status).toBe(200);
    }));

  it("lets access tokens run out after their lifetime", () =>
    withSandbox(
      async ({ client, passSeconds }) => {
        const { body } = await client.connect();
        expect(body.expires_in).toBe(60);
        passSeconds(59);
        expect((await client.get("/v1/userinfo", body.access_token)).status).toBe(200);
        passSeconds(1);
        expect((await client.get("/v1/userinfo", body.access_token)).status).toBe(401);
      },
      { accessTokenLifetimeSeconds: 60 },
    ));
});
