import type { oauthAttempts } from "../db/index.ts";
import type { SealedPlace } from "../platform/index.ts";

export const ATTEMPT_LIFETIME_MS = 10 * 60 * 1000;

export type AttemptRow = typeof oauthAttempts.$inferSelect;

/** How an attempt ended; kept with it, and told to the page that began it. Holds no token. */
export type AttemptOutcome =
  | {
      readonly succeeded: true;
      readonly connection: {
        readonly id: string;
        readonly provider: string;
        readonly providerEmail: string;
        readonly providerUserId: string;
        readonly displayName: string;
      };
    }
  | { readonly succeeded: false; readonly error: string };

/** Where an attempt's PKCE verifier rests. */
export function verifierPlace(attempt: { readonly tenantId: string; readonly id: string }): SealedPlace {
  return {
    table: "oauth_attempts",
    column: "verifier_sealed",
    tenantId: attempt.tenantId,
    rowId: attempt.id,
  };
}
