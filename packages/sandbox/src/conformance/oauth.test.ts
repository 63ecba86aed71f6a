import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTarget, type Target } from "./start-target.ts";

let target: Target;

beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop().catch(() => {}));

async function tokenRequest(form: Record<string, string>) {
  const { clientId, clientSecret, endpoints } = target;
  const body = new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...form });
  const response = await fetch(endpoints.token, { method: "POST", body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const refresh = { grant_type: "refresh_token" };

describe("a refresh", () => {
  it("gives an access token for about an hour and does not rotate the refresh token", async () => {
    const { status, body } = await tokenRequest({ ...refresh, refresh_token: target.refreshToken });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      access_token: expect.any(String),
      token_type: "Bearer",
      scope: expect.any(String),
    });
    expect(body).not.toHaveProperty("refresh_token");
    expect(Number(body.expires_in)).toBeGreaterThan(3_000);
    expect(Number(body.expires_in)).toBeLessThanOrEqual(3_600);
  });

  it("is done by Google's own library when it has no access token", async () => {
    const { token } = await target.auth.getAccessToken();
    expect(token).toEqual(expect.any(String));
  });

  it("with a token that never was is invalid_grant, in the flat form of OAuth", async () => {
    const { status, body } = await tokenRequest({ ...refresh, refresh_token: "1//0nothing" });
    expect({ status, body }).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    expect(body.error_description).toBe("Bad Request");
  });

  it("with a wrong client secret is 401 invalid_client", async () => {
    const form = { ...refresh, refresh_token: target.refreshToken, client_secret: "GOCSPX-wrong" };
    expect(await tokenRequest(form)).toMatchObject({ status: 401, body: { error: "invalid_client" } });
  });
});

describe("a code", () => {
  it("that is none is invalid_grant, with the words for a malformed one", async () => {
    const form = { grant_type: "authorization_code", code: "4%2Fnothing", redirect_uri: "http://127.0.0.1/" };
    const { status, body } = await tokenRequest(form);
    expect({ status, error: body.error }).toEqual({ status: 400, error: "invalid_grant" });
    expect(body.error_description).toBe("Malformed auth code.");
  });
});

describe("a grant type that is not known", () => {
  it("is 400 unsupported_grant_type", async () => {
    const answer = await tokenRequest({ grant_type: "urn:nothing" });
    expect(answer).toMatchObject({ status: 400, body: { error: "unsupported_grant_type" } });
  });
});

describe("an identity", () => {
  it("comes in an ID token that Google's own library verifies", async () => {
    const { body } = await tokenRequest({ ...refresh, refresh_token: target.refreshToken });
    const idToken = String(body.id_token);
    const ticket = await target.auth.verifyIdToken({ idToken, audience: target.clientId });
    const { sub, email } = ticket.getPayload() ?? {};
    expect(sub).toMatch(/^\d+$/);
    const { token } = await target.auth.getAccessToken();
    const info = await target.auth.getTokenInfo(token ?? "");
    expect(info).toMatchObject({ sub, email, aud: target.clientId });
  });

  it("is told by userinfo too", async () => {
    const { data } = await target.auth.request<{ sub: string; email: string }>({
      url: target.endpoints.userinfo,
    });
    expect(data).toMatchObject({ sub: expect.any(String), email: expect.stringContaining("@") });
  });

  it("is told to nobody with a bad token", async () => {
    const response = await fetch(`${target.endpoints.tokeninfo}?access_token=nothing`);
    expect(response.status).toBe(400);
  });
});

describe("a revocation", () => {
  it("of a token that never was is 400 invalid_token", async () => {
    const body = new URLSearchParams({ token: "nothing" });
    const response = await fetch(target.endpoints.revoke, { method: "POST", body });
    expect([response.status, await response.json()]).toMatchObject([400, { error: "invalid_token" }]);
  });

  it("is no GET", async () => {
    expect((await fetch(`${target.endpoints.revoke}?token=nothing`)).status).toBe(404);
  });

  it.skipIf(process.env.SANDBOX_TARGET === "google")("ends access and refresh tokens together", async () => {
    const { token } = await target.auth.getAccessToken();
    const drive = await target.fetch("drive/v3/about?fields=user");
    expect(drive.status).toBe(200);
    await target.auth.revokeToken(token ?? "");
    const headers = { authorization: `Bearer ${token ?? ""}` };
    expect((await target.fetch("drive/v3/about?fields=user", { headers })).status).toBe(401);
    const { status, body } = await tokenRequest({ ...refresh, refresh_token: target.refreshToken });
    expect({ status, body }).toEqual({
      status: 400,
      body: { error: "invalid_grant", error_description: "Token has been expired or revoked." },
    });
  });
});
