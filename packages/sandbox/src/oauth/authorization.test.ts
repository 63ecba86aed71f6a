import { describe, expect, it } from "vitest";
import { withSandbox } from "../testing/with-sandbox.ts";
import { emailScope, profileScope } from "./scopes.ts";

const DRIVE_FILE = "https://www.googleapis.com/auth/drive.file";
const DRIVE_READONLY = "https://www.googleapis.com/auth/drive.readonly";

function scopesIn(url: URL): Set<string> {
  return new Set(url.searchParams.get("scope")?.split(" "));
}

describe("the authorization endpoint", () => {
  it("comes back with state, issuer, a code with a slash, and canonical scopes after Allow", () =>
    withSandbox(async ({ sandbox, client }) => {
      const back = await client.consent();
      expect(back.href.split("?")[0]).toBe(client.redirectUri);
      expect(back.searchParams.get("state")).toBe("state/+ &=1");
      expect(back.searchParams.get("iss")).toBe(sandbox.issuer);
      expect(back.searchParams.get("code")).toMatch(/^4\/0[\w-]+$/);
      expect(back.searchParams.get("authuser")).toBe("0");
      expect(back.searchParams.get("prompt")).toBe("consent");
      expect(back.searchParams.has("hd")).toBe(false);
      expect(scopesIn(back)).toEqual(new Set(["openid", emailScope, profileScope, DRIVE_FILE]));
    }));

  it("names the hosted domain of a Workspace account", () =>
    withSandbox(async ({ client }) => {
      const back = await client.consent({}, { email: "bob@example.com" });
      expect(back.searchParams.get("hd")).toBe("example.com");
    }));

  it("comes back with access_denied and the state after Deny", () =>
    withSandbox(async ({ client }) => {
      const back = await client.consent({}, { deny: true });
      expect(back.searchParams.get("error")).toBe("access_denied");
      expect(back.searchParams.get("state")).toBe("state/+ &=1");
      expect(back.searchParams.has("code")).toBe(false);
    }));

  it("leaves out unticked scopes but keeps the sign-in scopes", () =>
    withSandbox(async ({ client }) => {
      const scope = `openid email ${DRIVE_FILE} ${DRIVE_READONLY}`;
      const back = await client.consent({ scope }, { untick: ["drive.readonly", "openid"] });
      expect(scopesIn(back)).toEqual(new Set(["openid", emailScope, DRIVE_FILE]));
    }));

  it("takes it as access_denied when nothing stays ticked", () =>
    withSandbox(async ({ client }) => {
      const scope = `${DRIVE_FILE} ${DRIVE_READONLY}`;
      const back = await client.consent({ scope }, { untick: ["drive.file", "drive.readonly"] });
      expect(back.searchParams.get("error")).toBe("access_denied");
    }));

  it("adds scopes granted before only when asked to", () =>
    withSandbox(async ({ client }) => {
      await client.consent({ scope: DRIVE_READONLY });
      const plain = await client.consent({ scope: DRIVE_FILE });
      const included = await client.consent({ scope: DRIVE_FILE, include_granted_scopes: "true" });
      expect(scopesIn(plain)).toEqual(new Set([DRIVE_FILE]));
      expect(scopesIn(included)).toEqual(new Set([DRIVE_FILE, DRIVE_READONLY]));
    }));

  it("skips the consent page when everything was allowed before and consent is not forced", () =>
    withSandbox(async ({ client }) => {
      await client.consent();
      const url = client.authorizationUrl({ prompt: null, login_hint: "alice@example.com" });
      const answer = await fetch(url, { redirect: "manual" });
      expect(answer.status).toBe(302);
      const back = new URL(answer.headers.get("location") ?? "");
      expect(back.searchParams.get("prompt")).toBe("none");
      expect(back.searchParams.has("code")).toBe(true);
    }));

  it("never shows a page for prompt=none", () =>
    withSandbox(async ({ client }) => {
      const unknown = await client.consent({ prompt: "none" });
      const known = await client.consent({ prompt: "none", login_hint: "alice@example.com" });
      expect(unknown.searchParams.get("error")).toBe("login_required");
      expect(known.searchParams.get("error")).toBe("consent_required");
    }));

  it("shows the chooser in spite of a login hint for prompt=select_account", () =>
    withSandbox(async ({ client }) => {
      const hinted = { login_hint: "alice@example.com" };
      const consent = await fetch(client.authorizationUrl(hinted));
      const chooser = await fetch(client.authorizationUrl({ ...hinted, prompt: "select_account consent" }));
      expect(await consent.text()).toContain('data-testid="allow"');
      expect(await chooser.text()).toContain('data-testid="account-bob@example.com"');
    }));

  it.each([
    ["invalid_request", { client_id: null }],
    ["invalid_client", { client_id: "someone-else" }],
    ["invalid_request", { redirect_uri: null }],
    ["redirect_uri_mismatch", { redirect_uri: "https://evil.example/callback" }],
    ["redirect_uri_mismatch", { redirect_uri: "http://127.0.0.1.evil.example/" }],
    ["redirect_uri_mismatch", { redirect_uri: "http://127.0.0.1:1/#fragment" }],
    ["redirect_uri_mismatch", { redirect_uri: "http://user@127.0.0.1:1/" }],
    ["redirect_uri_mismatch", { redirect_uri: "http://127.0.0.1:1/c b" }],
    ["redirect_uri_mismatch", { redirect_uri: "http://127.0.0.1:1/c\tb" }],
    ["redirect_uri_mismatch", { redirect_uri: "http://127.0.0.1:1/a/%2e%2E/cb" }],
    ["invalid_request", { response_type: null }],
    ["unsupported_response_type", { response_type: "token" }],
    ["invalid_request", { scope: null }],
    ["invalid_scope", { scope: "openid no.such.scope" }],
    ["invalid_request", { access_type: "sometimes" }],
    ["invalid_request", { prompt: "none consent" }],
    ["invalid_request", { code_challenge: "short" }],
    ["invalid_request", { code_challenge_method: "MD5" }],
  ])("ends on a page with %s for %j", (code, changes) =>
    withSandbox(async ({ client }) => {
      const answer = await fetch(client.authorizationUrl(changes), { redirect: "manual" });
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain(`data-error="${code}"`);
      await expect(client.consent(changes)).rejects.toThrow(code);
    }),
  );

  it("refuses a parameter that is there twice", () =>
    withSandbox(async ({ client }) => {
      const url = client.authorizationUrl();
      url.searchParams.append("state", "again");
      const answer = await fetch(url);
      expect(await answer.text()).toContain('data-error="invalid_request"');
    }));

  it("compares registered redirect addresses to the letter", () =>
    withSandbox(
      async ({ client }) => {
        await expect(client.consent()).rejects.toThrow("redirect_uri_mismatch");
        await expect(client.consent({ redirect_uri: "https://app.example/cb/" })).rejects.toThrow(
          "redirect_uri_mismatch",
        );
        const back = await client.consent({ redirect_uri: "https://app.example/cb" });
        expect(back.host).toBe("app.example");
      },
      { redirectUris: ["https://app.example/cb"] },
    ));
});

describe("the address that the browser is sent back to", () => {
  it.each([
    ["https://app.example/cb?x=a%20b&flag", "https://app.example/cb?x=a%20b&flag&"],
    ["https://app.example/%7Ecb;v=1", "https://app.example/%7Ecb;v=1?"],
    ["HTTPS://App.Example:443", "HTTPS://App.Example:443?"],
    ["https://app.example/caf\u00e9", "https://app.example/caf%C3%A9?"],
  ])("is %s as it was given, and extended", (redirectUri, start) =>
    withSandbox(
      async ({ client }) => {
        const asked = { redirect_uri: redirectUri, login_hint: "alice@example.com", prompt: "none" };
        const locationOf = async () =>
          (await fetch(client.authorizationUrl(asked), { redirect: "manual" })).headers.get("location") ?? "";
        expect((await locationOf()).startsWith(`${start}error=consent_required&state=`)).toBe(true);
        await client.consent({ redirect_uri: redirectUri });
        const back = await locationOf();
        expect(back.startsWith(`${start}state=`)).toBe(true);
        expect(new URL(back).searchParams.get("code")).toMatch(/^4\//);
      },
      { redirectUris: [redirectUri] },
    ),
  );
});

describe("the consent page", () => {
  it("says what it is, escapes what it is given, and may not be framed", () =>
    withSandbox(async ({ client }) => {
      const login = { login_hint: "alice@example.com", state: `"><script>alert(1)</script>` };
      const answer = await fetch(client.authorizationUrl(login));
      const html = await answer.text();
      expect(html).toContain("not Google");
      expect(html).toContain("<title>Allow access? – Sandbox</title>");
      expect(html).toContain('name="viewport"');
      expect(html).not.toContain("<script");
      expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }));

  it("has a tick box for each scope that is not for sign-in", () =>
    withSandbox(async ({ client }) => {
      const html = await (await fetch(client.authorizationUrl({ login_hint: "alice@example.com" }))).text();
      expect(html.match(/type="checkbox"/g)).toHaveLength(1);
      expect(html).toContain(`data-testid="scope-${DRIVE_FILE}"`);
    }));

  it("puts the tick boxes, and nothing else, into a group that has a name", () =>
    withSandbox(async ({ client }) => {
      const asked = { scope: `openid ${DRIVE_FILE} ${DRIVE_READONLY}`, login_hint: "alice@example.com" };
      const html = await (await fetch(client.authorizationUrl(asked))).text();
      const [before = "", group = ""] = html.split(/<fieldset><legend[^>]*>[^<]+<\/legend>/);
      expect(before).not.toContain('type="checkbox"');
      expect(group.split("</fieldset>")[0]?.match(/type="checkbox"/g)).toHaveLength(2);
      const signIn = await fetch(client.authorizationUrl({ ...asked, scope: "openid" }));
      expect(await signIn.text()).not.toContain("<fieldset");
    }));

  it("has no tick box for a scope that is the only one asked for, which Allow grants", () =>
    withSandbox(async ({ client }) => {
      const asked = { scope: DRIVE_FILE, login_hint: "alice@example.com" };
      expect(await (await fetch(client.authorizationUrl(asked))).text()).not.toContain('type="checkbox"');
      expect(scopesIn(await client.consent(asked))).toEqual(new Set([DRIVE_FILE]));
    }));

  it("takes no answer from a form on another site", () =>
    withSandbox(async ({ sandbox, client }) => {
      const form = {
        request: client.authorizationUrl().searchParams.toString(),
        account: sandbox.accounts[0]?.sub ?? "",
        decision: "allow",
      };
      const answer = await fetch(`${sandbox.origin}/o/oauth2/v2/auth/decision`, {
        method: "POST",
        body: new URLSearchParams(form),
        headers: { "sec-fetch-site": "cross-site" },
        redirect: "manual",
      });
      expect(answer.status).toBe(400);
    }));
});
