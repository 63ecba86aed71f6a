import { createHash } from "node:crypto";
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import type { Sandbox } from "../create-sandbox.ts";
import { withSandbox } from "../testing/with-sandbox.ts";

async function verify(sandbox: Sandbox, idToken: unknown): Promise<JWTPayload> {
  const keys = createRemoteJWKSet(new URL(`${sandbox.origin}/oauth2/v3/certs`));
  const currentDate = new Date(Date.UTC(2026, 0, 15, 12));
  const expected = { issuer: sandbox.issuer, audience: sandbox.clientId, currentDate };
  return (await jwtVerify(String(idToken), keys, expected)).payload;
}

describe("identity", () => {
  it("is discovered at the issuer, with every endpoint under the same origin", () =>
    withSandbox(async ({ sandbox, client }) => {
      const { body } = await client.get("/.well-known/openid-configuration");
      expect(body).toMatchObject({
        issuer: sandbox.origin,
        authorization_endpoint: `${sandbox.origin}/o/oauth2/v2/auth`,
        token_endpoint: `${sandbox.origin}/token`,
        revocation_endpoint: `${sandbox.origin}/revoke`,
        userinfo_endpoint: `${sandbox.origin}/v1/userinfo`,
        jwks_uri: `${sandbox.origin}/oauth2/v3/certs`,
        code_challenge_methods_supported: ["plain", "S256"],
        authorization_response_iss_parameter_supported: true,
      });
    }));

  it("is signed with the published key and holds Google's claims", () =>
    withSandbox(async ({ sandbox, client }) => {
      const { body } = await client.connect({ nonce: "n-0S6" });
      const claims = await verify(sandbox, body.id_token);
      const hash = createHash("sha256").update(String(body.access_token)).digest();
      expect(claims).toMatchObject({
        azp: sandbox.clientId,
        sub: sandbox.accounts[0]?.sub,
        email: "alice@example.com",
        email_verified: true,
        name: "Alice Example",
        given_name: "Alice",
        family_name: "Example",
        nonce: "n-0S6",
        at_hash: hash.subarray(0, 16).toString("base64url"),
      });
      expect(Number(claims.exp) - Number(claims.iat)).toBe(3600);
      expect(claims).not.toHaveProperty("hd");
    }));

  it("has no nonce on refresh and no profile without that scope", () =>
    withSandbox(async ({ sandbox, client }) => {
      const { body } = await client.connect({ nonce: "once", scope: "email" });
      const refreshed = await client.refresh(body.refresh_token);
      const claims = await verify(sandbox, refreshed.body.id_token);
      expect(claims).toHaveProperty("email");
      expect(claims).not.toHaveProperty("nonce");
      expect(claims).not.toHaveProperty("name");
    }));

  it("is told by userinfo as far as the scopes go", () =>
    withSandbox(async ({ sandbox, client }) => {
      const named = await client.connect({ scope: "openid email" });
      const sub = sandbox.accounts[0]?.sub;
      expect((await client.get("/v1/userinfo", named.body.access_token)).body).toEqual({
        sub,
        email: "alice@example.com",
        email_verified: true,
      });
      const nameless = await client.connect({ scope: "https://www.googleapis.com/auth/drive" });
      expect((await client.get("/v1/userinfo", nameless.body.access_token)).status).toBe(403);
      expect((await client.get("/v1/userinfo")).status).toBe(401);
    }));

  it("is told by tokeninfo in strings", () =>
    withSandbox(async ({ sandbox, client }) => {
      const { body } = await client.connect();
      const access = await client.get(`/tokeninfo?access_token=${String(body.access_token)}`);
      expect(access.body).toMatchObject({
        aud: sandbox.clientId,
        sub: sandbox.accounts[0]?.sub,
        email: "alice@example.com",
        email_verified: "true",
        expires_in: "3599",
        access_type: "offline",
      });
      const id = await client.get(`/tokeninfo?id_token=${String(body.id_token)}`);
      expect(id.body).toMatchObject({ iss: sandbox.issuer, email_verified: "true", alg: "RS256" });
      const forged = await client.get(`/tokeninfo?id_token=${String(body.id_token).slice(0, -8)}AAAAAAAA`);
      expect(forged).toEqual({
        status: 400,
        body: { error: "invalid_token", error_description: "Invalid Value" },
      });
      expect((await client.get("/tokeninfo?access_token=nothing")).status).toBe(400);
    }));

  it("has a portrait at the address in the picture claim", () =>
    withSandbox(async ({ client }) => {
      const { body } = await client.connect();
      const { picture } = (await client.get("/v1/userinfo", body.access_token)).body;
      const answer = await fetch(String(picture));
      expect(answer.headers.get("content-type")).toContain("image/svg+xml");
    }));
});
