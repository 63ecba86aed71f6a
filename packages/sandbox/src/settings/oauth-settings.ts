import { z } from "zod";

/**
 * What becomes of an authorization once the account is known. `ask` shows the consent page. `neverReturns` shows it too,
 * but its buttons lead nowhere. The rest are refusals, on the redirect (`adminPolicyEnforced`, `orgInternal`) or, as
 * Google's guide has it, on a page that does not lead back.
 */
const ConsentOutcome = z.enum([
  "ask",
  "neverReturns",
  "adminPolicyEnforced",
  "adminPolicyEnforcedOnPage",
  "orgInternal",
  "orgInternalOnPage",
  "disallowedUserAgent",
  "accessNotConfigured",
]);

/** What the token endpoint says to an account instead of giving it tokens. */
const TokenRefusal = z.enum([
  "expired_or_revoked",
  "account_deleted",
  "invalid_rapt",
  "bad_request",
  "admin_policy_enforced",
]);

export type ConsentOutcome = z.output<typeof ConsentOutcome>;
export type TokenRefusal = z.output<typeof TokenRefusal>;

const seconds = z.int().min(0).max(315_360_000);
const email = z.string().toLowerCase();

/** How this Google treats the people and the clients that come to it. */
export const OAuthSettings = z.strictObject({
  /** An external app in testing gets refresh tokens that live for seven days. */
  publishing: z.enum(["production", "testing"]).default("production"),
  /** Who may use an app in testing, by e-mail; null for everybody. */
  testUsers: z.array(email).nullable().default(null),
  /** An app that Google has not verified: a warning stands before the consent page. */
  unverifiedApp: z.boolean().default(false),
  /** False for an app that an administrator trusts: all scopes or none, without tick boxes. */
  granularConsent: z.boolean().default(true),
  /** For everybody, or by e-mail; whoever is not named is asked. */
  consentOutcome: z
    .union([ConsentOutcome, z.record(email, ConsentOutcome)], {
      error: `Invalid option: expected one of ${ConsentOutcome.options.join("|")}, or such options by e-mail`,
    })
    .default("ask"),
  /** By e-mail. It holds until it is taken away; the tokens themselves stay as they are. */
  tokenRefusals: z.record(email, TokenRefusal).default({}),
  /** Ids of clients that were deleted at Google. */
  deletedClients: z.array(z.string()).default([]),
  /** For how long a code can be exchanged. */
  codeLifetimeSeconds: seconds.min(1).default(600),
  /** People grant access for so long only; null for access without an end. It holds for tokens issued from then on. */
  timeBasedAccessSeconds: seconds.min(1).nullable().default(null),
  /** After how many days without use a refresh token dies; null for never. */
  refreshTokenIdleDays: z.int().min(1).max(3650).nullable().default(180),
  /** For how long access tokens work after they were revoked. */
  revokedAccessTokenGraceSeconds: seconds.default(0),
  /** The header of the sign-in pages that can part a pop-up from its opener. */
  crossOriginOpenerPolicy: z
    .enum(["none", "same-origin", "same-origin-allow-popups", "report-only"])
    .default("none"),
  /** Whether the redirect names the issuer (RFC 9207). */
  sendIssuer: z.boolean().default(true),
  /** How often the key of ID tokens is replaced; null for never. */
  signingKeyRotationSeconds: seconds.min(1).nullable().default(null),
  /** How far the clock of ID tokens is ahead of the sandbox's; negative for behind. */
  idTokenClockSkewSeconds: z.int().min(-86_400).max(86_400).default(0),
});
