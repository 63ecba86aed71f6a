import { and, eq } from "drizzle-orm";
import { oauthAttempts } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { DrivewayError, hashSecret } from "../platform/index.ts";
import type { AttemptOutcome } from "./attempt.ts";
import { type ConnectionParts, requireProvider } from "./connection-parts.ts";

export type AttemptState =
  | { readonly status: "pending" | "expired" }
  | { readonly status: "ended"; readonly outcome: AttemptOutcome };

/**
 * How an attempt ended, for the principal that began it.
 * @throws {DrivewayError} `unknown_provider`, `attempt_not_found`, `forbidden`
 */
export async function attemptOutcome(
  parts: ConnectionParts,
  wanted: { readonly principal: Principal; readonly provider: string; readonly state: string },
): Promise<AttemptState> {
  const provider = requireProvider(parts, wanted.provider);
  const attempt = await parts.db.query.oauthAttempts.findFirst({
    where: and(
      eq(oauthAttempts.tenantId, wanted.principal.tenantId),
      eq(oauthAttempts.stateSha256, hashSecret(wanted.state)),
      eq(oauthAttempts.provider, provider.id),
    ),
  });
  if (attempt === undefined) throw new DrivewayError("attempt_not_found", "There is no such sign-in.");
  if (attempt.userId !== wanted.principal.userId) {
    throw new DrivewayError("forbidden", "This sign-in was begun by somebody else.");
  }
  if (attempt.outcome !== null) return { status: "ended", outcome: attempt.outcome as AttemptOutcome };
  return { status: attempt.expiresAt.getTime() <= parts.clock.now() ? "expired" : "pending" };
}
