import { describe, expect, it } from "vitest";
import type { Sandbox } from "../create-sandbox.ts";
import { attributeOf, tagsOf } from "../consent/page-tags.ts";
import { readConsentForm } from "../consent/read-page-forms.ts";
import { withSandbox } from "../testing/with-sandbox.ts";
import { WebClient } from "../testing/web-client.ts";

const DRIVE_FILE = "https://www.googleapis.com/auth/drive.file";
const DRIVE_READONLY = "https://www.googleapis.com/auth/drive.readonly";

async function pageOf(client: WebClient, changes: Record<string, string | null> = {}): Promise<Response> {
  const address = client.authorizationUrl({ login_hint: "alice@example.com", ...changes });
  return await fetch(address, { redirect: "manual" });
}

async function errorOn(page: Response): Promise<[number, string | undefined]> {
  return [page.status, /data-error="([^"]*)"/.exec(await page.text())?.[1]];
}

function subOf({ accounts }: Sandbox): string {
  return accounts[0]?.sub ?? "";
}

describe("an authorization that is not simply asked for", () => {
  it("never returns: the buttons of the consent page lead nowhere", () =>
    withSandbox(async ({ sandbox, client }) => {
      sandbox.settings.change({ oauth: { consentOutcome: "neverReturns" } });
      expect(await (await pageOf(client)).text()).toContain('data-testid="allow"');
      await expect(client.consent()).rejects.toThrow("did not send the browser back");
      sandbox.settings.change({ oauth: { consentOutcome: "ask" } });
      expect((await client.consent()).searchParams.has("code")).toBe(true);
    }));

  it("never returns, not even with what was allowed before", () =>
    withSandbox(async ({ sandbox, client }) => {
      await client.consent();
      sandbox.settings.change({ oauth: { consentOutcome: "neverReturns" } });
      const page = await pageOf(client, { prompt: null });
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('data-testid="allow"')]);
    }));

  it.each([
    ["adminPolicyEnforced", "admin_policy_enforced"],
    ["orgInternal", "org_internal"],
  ] as const)("%s comes back as an error on the redirect, for the account it is set for", (outcome, error) =>
    withSandbox(async ({ sandbox, client }) => {
      sandbox.settings.change({ oauth: { consentOutcome: { "bob@example.com": outcome } } });
      const back = await client.consent({}, { email: "bob@example.com" });
      expect([back.searchParams.get("error"), back.searchParams.get("state")]).toEqual([
        error,
        "state/+ &=1",
      ]);
      expect((await client.consent()).searchParams.has("code")).toBe(true);
    }),
  );

  it.each([
    ["adminPolicyEnforcedOnPage", "admin_policy_enforced"],
    ["orgInternalOnPage", "org_internal"],
    ["disallowedUserAgent", "disallowed_useragent"],
    ["accessNotConfigured", "access_not_configured"],
  ] as const)("%s ends on a page that leads nowhere", (consentOutcome, error) =>
    withSandbox(async ({ sandbox, client }) => {
      sandbox.settings.change({ oauth: { consentOutcome } });
      expect(await errorOn(await pageOf(client))).toEqual([400, error]);
    }),
  );

  it("with prompt=none and an outcome that needs the person is interaction_required", () =>
    withSandbox(async ({ sandbox, client }) => {
      await client.consent();
      sandbox.settings.change({ oauth: { consentOutcome: "neverReturns" } });
      const back = await client.consent({ prompt: "none", login_hint: "alice@example.com" });
      expect(back.searchParams.get("error")).toBe("interaction_required");
    }));

  it("by who is no test user of an app in testing ends on a page with access_denied", () =>
    withSandbox(async ({ sandbox, client }) => {
      sandbox.settings.change({ oauth: { publishing: "testing", testUsers: ["bob@example.com"] } });
      expect(await errorOn(await pageOf(client))).toEqual([400, "access_denied"]);
      expect((await client.consent({}, { email: "bob@example.com" })).searchParams.has("code")).toBe(true);
    }));

  it("of a deleted client ends on a page, and its secret is 401 at the token endpoint", () =>
    withSandbox(async ({ sandbox, client }) => {
      const code = await client.code();
      sandbox.settings.change({ oauth: { deletedClients: [sandbox.clientId] } });
      expect(await errorOn(await pageOf(client))).toEqual([400, "deleted_client"]);
      expect(await client.exchange(code)).toMatchObject({ status: 401, body: { error: "deleted_client" } });
    }));

  it("of an app that is not verified stands behind a warning", () =>
    withSandbox(async ({ sandbox, client }) => {
      sandbox.settings.change({ oauth: { unverifiedApp: true } });
      const page = await (await pageOf(client)).text();
      expect(page).toContain("has not been verified");
      expect(page).not.toContain('data-testid="allow"');
      expect((await client.consent()).searchParams.has("code")).toBe(true);
    }));

  it("of an app that is not verified can be left at the warning, and the app hears access_denied", () =>
    withSandbox(async ({ sandbox, client }) => {
      sandbox.settings.change({ oauth: { unverifiedApp: true } });
      const page = await (await pageOf(client)).text();
      const form = readConsentForm(page, []);
      const [deny = ""] = tagsOf(page, "button");
      form.set(attributeOf(deny, "name"), attributeOf(deny, "value"));
      const address = `${sandbox.origin}/o/oauth2/v2/auth/decision`;
      const answer = await fetch(address, { method: "POST", body: form, redirect: "manual" });
      const back = new URL(answer.headers.get("location") ?? "");
      expect([back.searchParams.get("error"), back.searchParams.get("state")]).toEqual([
        "access_denied",
        "state/+ &=1",
      ]);
    }));

  it("of an app that an administrator trusts has no tick boxes: all scopes or none", () =>
    withSandbox(async ({ sandbox, client }) => {
      sandbox.settings.change({ oauth: { granularConsent: false } });
      const scope = `openid ${DRIVE_FILE} ${DRIVE_READONLY}`;
      expect(await (await pageOf(client, { scope })).text()).not.toContain('type="checkbox"');
      const back = await client.consent({ scope }, { untick: ["drive.readonly"] });
      expect(back.searchParams.get("scope")?.split(" ")).toContain(DRIVE_READONLY);
      expect((await client.consent({ scope }, { deny: true })).searchParams.get("error")).toBe(
        "access_denied",
      );
    }));

  it("hints at a hosted domain, whose accounts alone are offered", () =>
    withSandbox(async ({ client }) => {
      const page = await fetch(client.authorizationUrl({ hd: "example.com" }));
      const html = await page.text();
      expect(html).toContain("account-bob@example.com");
      expect(html).not.toContain("account-alice@example.com");
    }));
});

describe("the sign-in pages", () => {
  it.each([
    ["none", null, null],
    ["same-origin", "same-origin", null],
    ["same-origin-allow-popups", "same-origin-allow-popups", null],
    ["report-only", null, "same-origin"],
  ] as const)("part a pop-up from its opener when set to %s", (crossOriginOpenerPolicy, policy, reported) =>
    withSandbox(async ({ sandbox, client }) => {
      sandbox.settings.change({ oauth: { crossOriginOpenerPolicy } });
      const { headers } = await pageOf(client);
      expect(headers.get("cross-origin-opener-policy")).toBe(policy);
      expect(headers.get("cross-origin-opener-policy-report-only")).toBe(reported);
    }),
  );
});

describe("picking while signing in", () => {
  const onePick = { scope: DRIVE_FILE, trigger_onepick: "true", prompt: "consent" };

  it("gives the picked files to the app, and names them on the redirect", () =>
    withSandbox(async ({ sandbox, client }) => {
      const [one, two, other] = ["1.jpg", "2.jpg", "3.jpg"].map((name) =>
        sandbox.drive.addFile(subOf(sandbox), { name, mimeType: "image/jpeg", content: Buffer.from(name) }),
      );
      const pick = [one?.id ?? "", two?.id ?? ""];
      const back = await client.consent({ ...onePick, allow_multiple: "true" }, { pick });
      expect(back.searchParams.get("picked_file_ids")).toBe(pick.join(","));
      const { body } = await client.exchange(back.searchParams.get("code") ?? "");
      const status = async (id: string) =>
        (await client.get(`/drive/v3/files/${id}`, body.access_token)).status;
      expect([
        await status(pick[0] ?? ""),
        await status(pick[1] ?? ""),
        await status(other?.id ?? ""),
      ]).toEqual([200, 200, 404]);
    }));

  it("offers the types, files and folders that the app asks for, and takes one file unless several are allowed", () =>
    withSandbox(async ({ sandbox, client }) => {
      const sub = subOf(sandbox);
      const picture = sandbox.drive.addFile(sub, {
        name: "p",
        mimeType: "image/png",
        content: Buffer.from("p"),
      });
      const text = sandbox.drive.addFile(sub, {
        name: "t",
        mimeType: "text/plain",
        content: Buffer.from("t"),
      });
      const folder = sandbox.drive.addFolder(sub, { name: "f" });
      const offers = async (changes: Record<string, string>, id: string) =>
        await client.consent({ ...onePick, ...changes }, { pick: [id] }).then(
          () => true,
          () => false,
        );
      expect(await offers({ mimetypes: "image/png,image/jpeg" }, picture.id)).toBe(true);
      expect(await offers({ mimetypes: "image/png,image/jpeg" }, text.id)).toBe(false);
      expect(await offers({ file_ids: picture.id }, text.id)).toBe(false);
      expect(await offers({}, folder.id)).toBe(false);
      expect(await offers({ allow_folder_selection: "true" }, folder.id)).toBe(true);
      await expect(client.consent(onePick, { pick: [picture.id, text.id] })).rejects.toThrow(
        "invalid_request",
      );
    }));

  it("needs drive.file alone, consent, and values that are none but true and false", () =>
    withSandbox(async ({ client }) => {
      for (const changes of [
        { scope: `${DRIVE_FILE} openid` },
        { scope: DRIVE_READONLY },
        { include_granted_scopes: "true" },
        { prompt: "select_account" },
        { allow_multiple: "yes" },
      ]) {
        expect(await errorOn(await pageOf(client, { ...onePick, ...changes }))).toEqual([
          400,
          "invalid_request",
        ]);
      }
    }));
});

describe("the page of an account", () => {
  it("shows which apps have access, and takes the whole access of one away", () =>
    withSandbox(async ({ sandbox, client }) => {
      const { body } = await client.connect();
      const address = `${sandbox.origin}/sandbox/account/${subOf(sandbox)}`;
      expect(await (await fetch(address)).text()).toContain(sandbox.clientId);
      const form = new URLSearchParams({ client_id: sandbox.clientId });
      const removed = await fetch(address, { method: "POST", body: form });
      expect(await removed.text()).toContain('data-testid="no-apps"');
      expect(await client.refresh(body.refresh_token)).toMatchObject({
        status: 400,
        body: { error: "invalid_grant", error_description: "Token has been expired or revoked." },
      });
    }));

  it("names the app in each of its buttons, for those who hear the page", () =>
    withSandbox(
      async ({ sandbox, client }) => {
        const second = { clientId: "second", clientSecret: "s" };
        await client.connect();
        await new WebClient({ origin: sandbox.origin, ...second }).connect();
        const page = await (await fetch(`${sandbox.origin}/sandbox/account/${subOf(sandbox)}`)).text();
        const names = tagsOf(page, "button").map((tag) => attributeOf(tag, "aria-label"));
        expect(names).toEqual([`Remove access of ${sandbox.clientId}`, "Remove access of second"]);
      },
      { clients: [{ clientId: "second", clientSecret: "s" }] },
    ));

  it("takes no form from another site, and knows nobody else", () =>
    withSandbox(async ({ sandbox, client }) => {
      await client.connect();
      const address = `${sandbox.origin}/sandbox/account/${subOf(sandbox)}`;
      const body = new URLSearchParams({ client_id: sandbox.clientId });
      const headers = { "sec-fetch-site": "cross-site" };
      expect((await fetch(address, { method: "POST", body, headers })).status).toBe(400);
      expect(await (await fetch(address)).text()).toContain(sandbox.clientId);
      expect((await fetch(`${sandbox.origin}/sandbox/account/1`)).status).toBe(404);
    }));
});

describe("refusals of tokens", () => {
  it.each([
    [
      "expired_or_revoked",
      { error: "invalid_grant", error_description: "Token has been expired or revoked." },
    ],
    ["account_deleted", { error: "invalid_grant", error_description: "Account has been deleted" }],
    ["invalid_rapt", { error: "invalid_grant", error_subtype: "invalid_rapt" }],
    ["bad_request", { error: "invalid_grant", error_description: "Bad Request" }],
    ["admin_policy_enforced", { error: "admin_policy_enforced" }],
  ] as const)("can be set for an account: %s, for a code and a refresh token alike", (refusal, body) =>
    withSandbox(async ({ sandbox, client }) => {
      const { body: tokens } = await client.connect();
      const code = await client.code();
      sandbox.settings.change({ oauth: { tokenRefusals: { "alice@example.com": refusal } } });
      expect(await client.refresh(tokens.refresh_token)).toMatchObject({ status: 400, body });
      expect(await client.exchange(code)).toMatchObject({ status: 400, body });
      sandbox.settings.change({ oauth: { tokenRefusals: {} } });
      expect((await client.refresh(tokens.refresh_token)).status).toBe(200);
    }),
  );
});

describe("an app in testing", () => {
  it("gets refresh tokens that live for seven days and say so, counting down", () =>
    withSandbox(async ({ sandbox, client, passSeconds }) => {
      sandbox.settings.change({ oauth: { publishing: "testing" } });
      const { body } = await client.connect();
      expect(body.refresh_token_expires_in).toBe(604_799);
      passSeconds(86_400);
      expect((await client.refresh(body.refresh_token)).body.refresh_token_expires_in).toBe(518_399);
      passSeconds(6 * 86_400);
      expect(await client.refresh(body.refresh_token)).toMatchObject({
        status: 400,
        body: { error_description: "Token has been expired or revoked." },
      });
    }));

  it("gets refresh tokens without an end for sign-in scopes alone", () =>
    withSandbox(async ({ sandbox, client }) => {
      sandbox.settings.change({ oauth: { publishing: "testing" } });
      const { body } = await client.connect({ scope: "openid email" });
      expect(body).not.toHaveProperty("refresh_token_expires_in");
    }));
});

describe("the life of tokens and keys", () => {
  it("a refresh token that was not used for six months is dead, one that was used is not", () =>
    withSandbox(async ({ client, passSeconds }) => {
      const { body } = await client.connect();
      passSeconds(179 * 86_400);
      expect((await client.refresh(body.refresh_token)).status).toBe(200);
      passSeconds(179 * 86_400);
      expect((await client.refresh(body.refresh_token)).status).toBe(200);
      passSeconds(181 * 86_400);
      expect((await client.refresh(body.refresh_token)).status).toBe(400);
    }));

  it("an access token can work for a while after its revocation", () =>
    withSandbox(async ({ sandbox, client, passSeconds }) => {
      sandbox.settings.change({ oauth: { revokedAccessTokenGraceSeconds: 60 } });
      const { body } = await client.connect();
      sandbox.revokeGrant("alice@example.com");
      const path = "/v1/userinfo";
      expect((await client.get(path, body.access_token)).status).toBe(200);
      passSeconds(61);
      expect((await client.get(path, body.access_token)).status).toBe(401);
    }));

  it("the keys of ID tokens rotate: the one before stays published until the next change", () =>
    withSandbox(async ({ sandbox, client }) => {
      const kids = async () => {
        const { body } = await client.get("/oauth2/v3/certs");
        return (body.keys as unknown as { kid: string }[]).map(({ kid }) => kid);
      };
      const [first] = await kids();
      const { body } = await client.connect();
      await sandbox.rotateKeys();
      const [second, former] = await kids();
      expect(former).toBe(first);
      expect(second).not.toBe(first);
      const info = `/tokeninfo?id_token=${String(body.id_token)}`;
      expect((await client.get(info)).status).toBe(200);
      const pems = await client.get("/oauth2/v1/certs");
      expect(new Set(Object.keys(pems.body))).toEqual(new Set([first, second]));
      await sandbox.rotateKeys();
      expect(await kids()).not.toContain(first);
      expect((await client.get(info)).status).toBe(400);
    }));
});
