import type { Account } from "../accounts/account.ts";
import type { ConsentOutcome, LiveSettings } from "../settings/index.ts";
import type { RedirectError } from "./finish-authorization.ts";
import { OAuthError } from "./oauth-error.ts";

/** Whether a person may go on to the consent page, is sent back to the app at once, or ends on a page. */
export type Passage =
  | { readonly kind: "ask" }
  | { readonly kind: "neverReturns" }
  | { readonly kind: "refused"; readonly error: RedirectError }
  | { readonly kind: "page"; readonly error: OAuthError };

const ASK: Passage = { kind: "ask" };

/** The refusals that end on a page, from which nothing leads back, as Google's guide describes them. */
const PAGES = {
  adminPolicyEnforcedOnPage: {
    status: 400,
    error: "admin_policy_enforced",
    description: "An administrator of this organisation does not allow the requested access.",
  },
  orgInternalOnPage: {
    status: 403,
    error: "org_internal",
    description: "This app is for people of its own organisation.",
  },
  disallowedUserAgent: {
    status: 403,
    error: "disallowed_useragent",
    description: "This page cannot be shown inside an app.",
  },
  accessNotConfigured: {
    status: 400,
    error: "access_not_configured",
    description: "An administrator has to review this app first.",
  },
} as const;

/**
 * What becomes of a person who has chosen an account, by the settings `publishing`, `testUsers` and `consentOutcome`.
 *
 * @returns with the kind `page`, its error: access_denied (403) for who is no test user of an app in testing,
 *   admin_policy_enforced (400), org_internal (403), disallowed_useragent (403), access_not_configured (400)
 */
export function gateAccount(settings: LiveSettings, { email }: Account): Passage {
  const { publishing, testUsers } = settings.current.oauth;
  if (publishing === "testing" && testUsers !== null && !testUsers.includes(email)) {
    const description = "This app is being tested, and only testers that the developer approved may use it.";
    return { kind: "page", error: new OAuthError({ status: 403, error: "access_denied", description }) };
  }
  return passageOf(outcomeFor(settings, email));
}

/**
 * What stops everybody before an account is chosen: Google looks at the browser first.
 *
 * @returns disallowed_useragent (403), or null when nothing does
 */
export function gateBrowser(settings: LiveSettings): OAuthError | null {
  const isRefused = settings.current.oauth.consentOutcome === "disallowedUserAgent";
  return isRefused ? new OAuthError(PAGES.disallowedUserAgent) : null;
}

function outcomeFor(settings: LiveSettings, email: string): ConsentOutcome {
  const { consentOutcome } = settings.current.oauth;
  return typeof consentOutcome === "string" ? consentOutcome : (consentOutcome[email] ?? "ask");
}

function passageOf(outcome: ConsentOutcome): Passage {
  switch (outcome) {
    case "ask":
      return ASK;
    case "neverReturns":
      return { kind: "neverReturns" };
    case "adminPolicyEnforced":
      return { kind: "refused", error: "admin_policy_enforced" };
    case "orgInternal":
      return { kind: "refused", error: "org_internal" };
    case "adminPolicyEnforcedOnPage":
    case "orgInternalOnPage":
    case "disallowedUserAgent":
    case "accessNotConfigured":
      return { kind: "page", error: new OAuthError(PAGES[outcome]) };
  }
}
