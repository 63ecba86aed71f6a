import { type AttemptReply, type OauthCompleteMessage, Provider } from "@driveway/contract";
import type { AttemptOutcome, AttemptState } from "../../connections/index.ts";

/** A provider's id as the contract types it. */
export function presentProvider(id: string): Provider {
  return Provider.parse(id);
}

/** An attempt's outcome as the message that the callback page posts. */
export function presentOutcome(outcome: AttemptOutcome): OauthCompleteMessage {
  if (!outcome.succeeded) {
    const { error, code } = outcome;
    return { type: "oauth-complete", success: false, error, code };
  }
  const { connection } = outcome;
  return {
    type: "oauth-complete",
    success: true,
    connection: {
      id: connection.id,
      provider: presentProvider(connection.provider),
      provider_email: connection.providerEmail,
      provider_user_id: connection.providerUserId,
      display_name: connection.displayName,
      is_token_expired: false,
    },
  };
}

/** How far an attempt is. */
export function presentAttempt(state: AttemptState): AttemptReply {
  if (state.status !== "ended") return { status: state.status, result: null };
  const status = state.outcome.succeeded ? "succeeded" : "failed";
  return { status, result: presentOutcome(state.outcome) };
}
