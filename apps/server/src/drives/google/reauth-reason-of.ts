import type { ReauthReason } from "@driveway/contract";

/** What Google's token endpoint says of a grant that is dead. */
export interface DeadGrantAnswer {
  readonly error: string;
  readonly description: string;
  readonly subtype: string | null;
}

/**
 * Why a grant is dead, as far as Google says it. Its descriptions are not documented and only narrow down what the error
 * itself says, so that a changed wording costs the reason and nothing else.
 */
export function reauthReasonOf({ error, description, subtype }: DeadGrantAnswer): ReauthReason {
  if (error === "admin_policy_enforced") return "admin_policy";
  if (error !== "invalid_grant") return "unknown";
  if (subtype === "invalid_rapt" || subtype === "rapt_required") return "session_policy";
  if (/invalid_rapt|rapt_required/i.test(description)) return "session_policy";
  if (/account.*\b(deleted|disabled|suspended)\b/i.test(description)) return "account_deleted";
  return /\b(expired|revoked)\b/i.test(description) ? "revoked" : "unknown";
}
