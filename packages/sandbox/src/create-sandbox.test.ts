import { describe, expect, it } from "vitest";
import { approveConsent } from "./consent/approve-consent.ts";
import { createSandbox } from "./create-sandbox.ts";
import { withSandbox } from "./testing/with-sandbox.ts";

describe("a sandbox", () => {
  it("counts what it is asked by kind, without the query", () =>
    withSandbox(async ({ sandbox, client }) => {
      const { body } = await client.connect();
      const mark = sandbox.requests.mark();
      await client.get("/drive/v3/about?fields=user", body.access_token);
      await client.refresh(body.refresh_token);
      expect(sandbox.requests.count("oauth.token")).toBe(2);
      expect(sandbox.requests.since(mark)).toMatchObject([
        { kind: "about", method: "GET", path: "/drive/v3/about", status: 200 },
        { kind: "oauth.token", method: "POST", path: "/token", status: 200 },
      ]);
      expect(sandbox.requests.count()).toBe(mark + 2);
    }));

  it("answers 404 with a page where nothing is", () =>
    withSandbox(async ({ sandbox }) => {
      const answer = await fetch(`${sandbox.origin}/no/such/place`);
      expect(answer.status).toBe(404);
      expect(answer.headers.get("content-type")).toContain("text/html");
      const page = await answer.text();
      expect(page).toContain('<html lang="en">');
      expect(page).toContain("<title>Error 404 (Not Found) – Sandbox</title>");
    }));

  it("answers 400 with a page to an address that cannot be read", () =>
    withSandbox(async ({ sandbox }) => {
      const answer = await fetch(`${sandbox.origin}/%zz`);
      const page = await answer.text();
      expect(answer.status).toBe(400);
      expect(page).toContain('<html lang="en">');
      expect(page).toContain("<title>Error 400 (Bad Request) – Sandbox</title>");
    }));

  it("shows a client with an access token what the person's Drive holds", async () => {
    const sandbox = await createSandbox({ library: "small" });
    try {
      const { clientId, clientSecret, origin } = sandbox;
      const redirectUri = "http://localhost:1/back";
      const scope = "https://www.googleapis.com/auth/drive.readonly";
      const query = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUri,
        response_type: "code",
        scope,
      });
      const authorizationUrl = `${origin}/o/oauth2/v2/auth?${query.toString()}`;
      const back = await approveConsent({ authorizationUrl, email: "bob@example.com" });
      const body = new URLSearchParams({
        grant_type: "authorization_code",
        code: back.searchParams.get("code") ?? "",
        redirect_uri: redirectUri,
        client_id: clientId,
        client_secret: clientSecret,
      });
      const tokens = (await (await fetch(`${origin}/token`, { method: "POST", body })).json()) as Record<
        string,
        string
      >;
      const headers = { authorization: `Bearer ${tokens.access_token}` };
      const list = await fetch(`${origin}/drive/v3/files?q=mimeType='image/jpeg'`, { headers });
      const { files } = (await list.json()) as { files: unknown[] };
      expect(files).toHaveLength(3);
    } finally {
      await sandbox.close();
    }
  });

  it.each([["a text"], [undefined], [7]])("refuses to add a file whose content is %j", (content) =>
    withSandbox(async ({ sandbox: { drive, accounts } }) => {
      const file = { name: "a", mimeType: "text/plain", content: content as unknown as Uint8Array };
      expect(() => drive.addFile(accounts[0]?.sub ?? "", file)).toThrow(/^content: /);
    }),
  );

  it("refuses to revoke for someone it does not know", () =>
    withSandbox(async ({ sandbox }) => {
      expect(() => sandbox.revokeGrant("nobody@example.com")).toThrow("no account");
      const revokeForUnknown = () => sandbox.revokeGrant("alice@example.com", "nobody");
      expect(revokeForUnknown).toThrow(RangeError);
      expect(revokeForUnknown).toThrow("the sandbox has no client nobody");
    }));
});
