import { isReauthReason, type ReauthReason } from "@driveway/contract";

/** Clocks of the provider and of this machine may differ by so much. */
const CLOCK_SKEW_MS = 10 * 60 * 1000;

/**
 * Why a connection must be made again: what the provider said, or what our own facts explain better. A provider that
 * grants access for a limited time says no more than "revoked" at its end.
 * @param facts.said the reason of a refusal with `sign_in_again`
 * @param facts.refreshTokenExpiresAt when the grant was to end; null when it was given without an end
 */
export function reauthReason(facts: {
  readonly said: string;
  readonly refreshTokenExpiresAt: Date | null;
  readonly nowMs: number;
}): ReauthReason {
  const said = isReauthReason(facts.said) ? facts.said : "unknown";
  if (said !== "revoked" && said !== "unknown") return said;
  const endsAtMs = facts.refreshTokenExpiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
  return endsAtMs - CLOCK_SKEW_MS <= facts.nowMs ? "grant_expired" : said;
}
