/**
 * Why a connection must be made again, as `needs_reauth_reason` and the error `REAUTH_REQUIRED` say it. Reasons may be
 * added, never renamed: show an unknown one like `unknown`.
 */
export const REAUTH_REASONS = {
  revoked:
    "The provider ended the grant: the user took it away, changed their password, or has not used it for months.",
  grant_expired:
    "Access was granted for a limited time, which is over. At Google so for every app in Testing, after seven days.",
  session_policy: "The user's organisation limits how long a sign-in lasts.",
  admin_policy: "An administrator of the user's organisation does not allow this application.",
  account_deleted: "The account at the provider is deleted or suspended.",
  app_changed: "Driveway's OAuth client is another one than the grant was given to.",
  no_refresh_token: "The provider gave no lasting access.",
  token_refused: "The provider refuses access tokens that it has only just given.",
  unknown: "The provider does not say why.",
} as const satisfies Record<string, string>;

export type ReauthReason = keyof typeof REAUTH_REASONS;

/** Whether a word is one of the reasons. */
export function isReauthReason(word: string): word is ReauthReason {
  return Object.hasOwn(REAUTH_REASONS, word);
}
