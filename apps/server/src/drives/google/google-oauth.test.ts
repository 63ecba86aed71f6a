import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../platform/index.ts";
import { DriveError } from "../drive.ts";
import type { ProviderTokens } from "../provider.ts";
import { createGoogleOauth } from "./google-oauth.ts";

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A provider that answers every call besides discovery in the same way, and says what it was asked. */
async function provider(answer: { status: number; headers?: Record<string, string>; body: string }) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    if (request.url === "/.well-known/openid-configuration") {
      const document = {
        issuer: origin,
        token_endpoint: `${origin}/token`,
        revocation_endpoint: `${origin}/revoke`,
      };
      response.setHeader("content-type", "application/json").end(JSON.stringify(document));
      return;
    }
    void text(request).then((body) => {
      asked.push({ method: request.method ?? "", url: request.url ?? "", body, headers: request.headers });
      response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
      response.end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = { clientId: "id", clientSecret: "secret", scopes: [], issuer, clock: systemClock };
  return { asked, oauth: createGoogleOauth(client) };
}

describe("a revocation", () => {
  it("sends the token in the body of a POST, and nothing of it in an address or header", async () => {
    const { asked, oauth } = await provider({ status: 200, body: "{}" });
    await oauth.revoke("1//a-token", AbortSignal.timeout(5000));
    expect(asked).toHaveLength(1);
    const [request] = asked;
    expect(request).toMatchObject({ method: "POST", url: "/revoke" });
    expect(new URLSearchParams(request?.body).get("token")).toBe("1//a-token");
    expect(JSON.stringify(request?.headers)).not.toContain("a-token");
  });

  it("is done when the token was revoked before, and not when the provider has a fault", async () => {
    const before = await provider({ status: 400, body: '{"error":"invalid_token"}' });
    await before.oauth.revoke("1//a-token");
    const faulty = await provider({ status: 500, body: "oops" });
    await expect(faulty.oauth.revoke("1//a-token")).rejects.toMatchObject({ kind: "try_later" });
    const moved = await provider({ status: 302, headers: { location: "/elsewhere" }, body: "" });
    await expect(moved.oauth.revoke("1//a-token")).rejects.toMatchObject({ kind: "try_later" });
    expect(moved.asked).toHaveLength(1);
  });
});

describe("a refresh", () => {
  it("whose client is refused is the operator's matter, however the provider says so", async () => {
    const cases = [
      { status: 401, body: '{"error":"invalid_client"}' },
      { status: 401, headers: { "www-authenticate": 'Basic realm="x"' }, body: '{"error":"invalid_client"}' },
      { status: 400, body: '{"error":"unauthorized_client"}' },
      { status: 403, body: '{"error":"disabled_client"}' },
    ];
    for (const answer of cases) {
      const { oauth } = await provider(answer);
      await expect(oauth.refresh("1//x")).rejects.toMatchObject({ kind: "app_refused" });
    }
  });

  it.each([
    [400, "application/json", ""],
    [400, "application/json", "null"],
    [400, "application/json", "[]"],
    [400, "application/json", '{"error":5}'],
    [400, "application/json", '{"error":{"status":"INVALID_ARGUMENT"}}'],
    [400, "application/json", '{"error":"invalid_gra'],
    [400, "text/html", '{"error":"invalid_grant"} <html>'],
    [400, "application/json", '{"error":"invalid_grant_of_another_kind"}'],
    [200, "application/json", '{"error":"invalid_grant"}'],
    [200, "application/json", '{"access_token":5,"token_type":"Bearer"}'],
    [200, "application/json", "not json"],
    [204, "application/json", ""],
    [302, "text/html", ""],
    [500, "application/json", '{"error":"invalid_grant"}'],
    [503, "application/json", '{"error":"invalid_grant"}'],
    [429, "application/json", '{"error":"invalid_grant"}'],
  ])("answered with %i %s %s says nothing of the grant", async (status, type, body) => {
    const { oauth } = await provider({ status, headers: { "content-type": type }, body });
    await expect(oauth.refresh("1//x")).rejects.toMatchObject({ kind: "try_later" });
  });

  it.each([
    ["3599", "3599"],
    ["1e300", "1e300"],
    ["99999999999999", "-1e300"],
    ["0", "-5"],
    ["null", '"soon"'],
  ])("with a life of %s and a grant of %s is nothing that the database cannot hold", async (life, grant) => {
    const body = `{"access_token":"a","token_type":"Bearer","expires_in":${life},"refresh_token_expires_in":${grant}}`;
    const { oauth } = await provider({ status: 200, body });
    const answer = await oauth.refresh("1//x").catch((error: unknown) => error);
    if (answer instanceof DriveError) {
      expect(answer.kind).toBe("try_later");
      return;
    }
    const { accessTokenExpiresAt, refreshTokenExpiresAt } = answer as ProviderTokens;
    for (const date of [accessTokenExpiresAt, refreshTokenExpiresAt ?? new Date()])
      expect(date.toISOString()).toMatch(/^\d{4}-/);
  });
});
