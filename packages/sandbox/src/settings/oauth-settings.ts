/**
 * What becomes of an authorization once the account is known. `ask` shows the consent page. `neverReturns` shows it too,
 * but its buttons lead nowhere. The rest are refusals, on the redirect (`adminPolicyEnforced`, `orgInternal`) or, as
 * Google's guide has it, on a page that does not lead back.
 */
export type ConsentOutcome =
  | "ask"
  | "neverReturns"
  | "adminPolicyEnforced"
  | "adminPolicyEnforcedOnPage"
  | "orgInternal"
  | "orgInternalOnPage"
  | "disallowedUserAgent"
  | "accessNotConfigured";

/** What the token endpoint says to an account instead of giving it tokens. */
export type TokenRefusal =
  | "expired_or_revoked"
  | "account_deleted"
  | "invalid_rapt"
  | "bad_request"
  | "admin_policy_enforced";

/** How this Google treats the people and the clients that come to it. */
export interface OAuthSettings {
  /** An external app in testing gets refresh tokens that live for seven days. */
  readonly publishing: "production" | "testing";
  /** Who may use an app in testing, by e-mail; null for everybody. */
  readonly testUsers: readonly string[] | null;
  /** An app that Google has not verified: a warning stands before the consent page. */
  readonly unverifiedApp: boolean;
  /** False for an app that an administrator trusts: all scopes or none, without tick boxes. */
  readonly granularConsent: boolean;
  /** For everybody, or by e-mail of people who have an account; whoever is not named is asked. */
  readonly consentOutcome: ConsentOutcome | Readonly<Record<string, ConsentOutcome>>;
  /** By e-mail of people who have an account. It holds until it is taken away; the tokens themselves stay as they are. */
  readonly tokenRefusals: Readonly<Record<string, TokenRefusal>>;
  /** Ids of clients that were deleted at Google. */
  readonly deletedClients: readonly string[];
  /** For how long a code can be exchanged. */
  readonly codeLifetimeSeconds: number;
  /** People grant access for so long only; null for access without an end. It holds for tokens issued from then on. */
  readonly timeBasedAccessSeconds: number | null;
  /** After how many days without use a refresh token dies; null for never. */
  readonly refreshTokenIdleDays: number | null;
  /** For how long access tokens work after they were revoked. */
  readonly revokedAccessTokenGraceSeconds: number;
  /** The header of the sign-in pages that can part a pop-up from its opener. */
  readonly crossOriginOpenerPolicy: "none" | "same-origin" | "same-origin-allow-popups" | "report-only";
  /** Whether the redirect names the issuer (RFC 9207). */
  readonly sendIssuer: boolean;
  /** How often the key of ID tokens is replaced; null for never. */
  readonly signingKeyRotationSeconds: number | null;
  /** How far the clock of ID tokens is ahead of the sandbox's; negative for behind. */
  readonly idTokenClockSkewSeconds: number;
}
