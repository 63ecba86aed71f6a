import { describe, expect, it } from "vitest";
import { approveConsent } from "../consent/approve-consent.ts";
import { withSandbox } from "../testing/with-sandbox.ts";

const INVALID = { error: "invalid_token", error_description: "Token expired or revoked" };

describe("revocation", () => {
  it.each(["access_token", "refresh_token"])("by %s ends every token of that person and client", (name) =>
    withSandbox(async ({ client }) => {
      const one = await client.connect();
      const two = await client.connect();
      expect(await client.post("/revoke", { token: String(one.body[name]) })).toEqual({
        status: 200,
        body: {},
      });
      expect((await client.refresh(one.body.refresh_token)).body.error).toBe("invalid_grant");
      expect((await client.refresh(two.body.refresh_token)).body.error).toBe("invalid_grant");
      expect((await client.get("/v1/userinfo", two.body.access_token)).status).toBe(401);
    }),
  );

  it("leaves other people's grants alone", () =>
    withSandbox(async ({ client }) => {
      const alice = await client.connect();
      const back = await approveConsent({
        authorizationUrl: client.authorizationUrl(),
        email: "bob@example.com",
      });
      const bob = await client.exchange(back.searchParams.get("code") ?? "");
      await client.post("/revoke", { token: String(alice.body.refresh_token) });
      expect((await client.refresh(bob.body.refresh_token)).status).toBe(200);
    }));

  it("takes the token from the query too, and knows no second time", () =>
    withSandbox(async ({ client }) => {
      const { body } = await client.connect();
      const path = `/revoke?token=${encodeURIComponent(String(body.refresh_token))}`;
      expect((await client.post(path, {})).status).toBe(200);
      expect(await client.post(path, {})).toEqual({ status: 400, body: INVALID });
    }));

  it("refuses unknown tokens and none at all", () =>
    withSandbox(async ({ client }) => {
      expect(await client.post("/revoke", { token: "ya29.nothing" })).toEqual({ status: 400, body: INVALID });
      expect((await client.post("/revoke", {})).body.error).toBe("invalid_request");
    }));

  it("takes no token twice, in the form, the query or both: 400 invalid_request, and nothing is revoked", () =>
    withSandbox(async ({ sandbox, client }) => {
      const { body } = await client.connect();
      const token = `token=${encodeURIComponent(String(body.refresh_token))}`;
      for (const [query, form] of [
        ["", `${token}&${token}`],
        [`${token}&${token}`, ""],
        [token, token],
      ] as const) {
        const answer = await fetch(`${sandbox.origin}/revoke?${query}`, {
          method: "POST",
          body: new URLSearchParams(form),
        });
        expect([answer.status, await answer.json()]).toEqual([
          400,
          {
            error: "invalid_request",
            error_description: "OAuth 2 parameters can only have a single value: token",
          },
        ]);
      }
      expect((await client.refresh(body.refresh_token)).status).toBe(200);
    }));

  it("is not there for GET", () =>
    withSandbox(async ({ sandbox }) => {
      expect((await fetch(`${sandbox.origin}/revoke?token=x`)).status).toBe(404);
    }));

  it("ends codes that were not exchanged yet", () =>
    withSandbox(async ({ sandbox, client }) => {
      const code = await client.code();
      sandbox.revokeGrant("alice@example.com");
      expect((await client.exchange(code)).body.error).toBe("invalid_grant");
    }));

  it("starts over: the next consent without prompt=consent earns a refresh token again", () =>
    withSandbox(async ({ sandbox, client }) => {
      await client.connect();
      sandbox.revokeGrant("alice@example.com");
      const again = await client.connect({ prompt: null });
      expect(again.body).toHaveProperty("refresh_token");
    }));

  it("takes the files away that were granted one by one", () =>
    withSandbox(async ({ sandbox, client }) => {
      const [alice] = sandbox.accounts;
      const sub = alice?.sub ?? "";
      const { clientId } = sandbox;
      const file = sandbox.drive.addFile(sub, {
        name: "a.txt",
        mimeType: "text/plain",
        content: new Uint8Array(1),
      });
      sandbox.drive.grantFile({ clientId, sub, fileId: file.id });
      const before = await client.connect();
      expect((await client.get(`/drive/v3/files/${file.id}`, before.body.access_token)).status).toBe(200);
      sandbox.revokeGrant("alice@example.com");
      const after = await client.connect();
      expect((await client.get(`/drive/v3/files/${file.id}`, before.body.access_token)).status).toBe(401);
      expect((await client.get(`/drive/v3/files/${file.id}`, after.body.access_token)).status).toBe(404);
    }));
});
