import { describe, expect, it } from "vitest";
import { withSandbox } from "../testing/with-sandbox.ts";

const SILENT = { prompt: "none", login_hint: "alice@example.com" };

describe("an authorization with prompt=none", () => {
  it("comes back with a code when everything was allowed before", () =>
    withSandbox(async ({ client }) => {
      await client.consent();
      expect((await client.consent(SILENT)).searchParams.get("code")).toMatch(/^4\//);
    }));

  it("is consent_required for a scope that was not granted yet", () =>
    withSandbox(async ({ client }) => {
      await client.consent();
      const scope = "openid https://www.googleapis.com/auth/drive.readonly";
      expect((await client.consent({ ...SILENT, scope })).searchParams.get("error")).toBe("consent_required");
    }));

  it.each([
    ["adminPolicyEnforcedOnPage", "interaction_required"],
    ["disallowedUserAgent", "interaction_required"],
    ["neverReturns", "interaction_required"],
    ["adminPolicyEnforced", "admin_policy_enforced"],
    ["orgInternal", "org_internal"],
  ] as const)("shows no page when %s stands in the way, and comes back with %s", (consentOutcome, error) =>
    withSandbox(
      async ({ client }) => {
        const answer = await fetch(client.authorizationUrl(SILENT), { redirect: "manual" });
        expect(answer.status).toBe(302);
        expect(new URL(answer.headers.get("location") ?? "").searchParams.get("error")).toBe(error);
      },
      { settings: { oauth: { consentOutcome } } },
    ),
  );

  it("is interaction_required for who does not test the app in testing", () =>
    withSandbox(
      async ({ client }) => {
        expect((await client.consent(SILENT)).searchParams.get("error")).toBe("interaction_required");
      },
      { settings: { oauth: { publishing: "testing", testUsers: ["bob@example.com"] } } },
    ));
});

describe("hints at the account", () => {
  it.each(["email", "sub"] as const)("skip the chooser by %s", (name) =>
    withSandbox(async ({ sandbox, client }) => {
      const [, bob] = sandbox.accounts;
      const page = await fetch(client.authorizationUrl({ login_hint: bob?.[name] ?? "" }));
      expect(await page.text()).toContain("asks <strong>bob@example.com</strong>");
    }),
  );

  it("show the chooser when nobody has that address", () =>
    withSandbox(async ({ client }) => {
      const page = await fetch(client.authorizationUrl({ login_hint: "nobody@example.com" }));
      expect(await page.text()).toContain("Choose an account");
    }));

  it("by hd=* offer the Workspace accounts, and by a domain that nobody has everybody", () =>
    withSandbox(async ({ client }) => {
      const offered = async (hd: string) => {
        const html = await (await fetch(client.authorizationUrl({ hd }))).text();
        return [...html.matchAll(/data-testid="account-([^"]*)"/g)].map(([, email]) => email);
      };
      expect(await offered("*")).toEqual(["bob@example.com"]);
      expect(await offered("elsewhere.example")).toEqual(["alice@example.com", "bob@example.com"]);
    }));
});

describe("parameters that are none", () => {
  it.each([
    { prompt: "none consent" },
    { prompt: "none select_account" },
    { prompt: "login" },
    { access_type: "sometimes" },
    { include_granted_scopes: "yes" },
  ])("end on a page with invalid_request: %j", (changes) =>
    withSandbox(async ({ client }) => {
      const page = await fetch(client.authorizationUrl(changes), { redirect: "manual" });
      expect(page.status).toBe(400);
      expect(await page.text()).toContain('data-error="invalid_request"');
    }),
  );

  it("are ignored when they are unknown or without effect, like enable_granular_consent", () =>
    withSandbox(async ({ client }) => {
      const back = await client.consent({ enable_granular_consent: "true", flow: "general" });
      expect(back.searchParams.has("code")).toBe(true);
    }));
});
