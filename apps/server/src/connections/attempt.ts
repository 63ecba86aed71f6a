import type { oauthAttempts } from "../db/index.ts";
import type { ErrorCode, SealedPlace } from "../platform/index.ts";

export const ATTEMPT_LIFETIME_MS = 10 * 60 * 1000;

export type AttemptRow = typeof oauthAttempts.$inferSelect;

/** An attempt that was consumed just now, with the verifier that its row holds no more. */
export type TakenAttempt = AttemptRow & { readonly verifierSealed: string };

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
  | {
      readonly succeeded: false;
      readonly error: string;
      /** Outcomes that an earlier version wrote have none. */
      readonly code?: ErrorCode | undefined;
    };

/** Where an attempt's PKCE verifier rests. */
export function verifierPlace(attempt: { readonly tenantId: string; readonly id: string }): SealedPlace {
  return {
    table: "oauth_attempts",
    column: "verifier_sealed",
    tenantId: attempt.tenantId,
    rowId: attempt.id,
  };
}
