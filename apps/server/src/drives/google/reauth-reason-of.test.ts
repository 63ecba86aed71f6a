import { expect, it } from "vitest";
import { reauthReasonOf } from "./reauth-reason-of.ts";

it.each([
  ["invalid_grant", "Token has been expired or revoked.", null, "revoked"],
  ["invalid_grant", "Token has been revoked.", null, "revoked"],
  ["invalid_grant", "Bad Request", null, "unknown"],
  ["invalid_grant", "", null, "unknown"],
  ["invalid_grant", "reauth related error (invalid_rapt)", null, "session_policy"],
  ["invalid_grant", "Token has been expired or revoked.", "invalid_rapt", "session_policy"],
  ["invalid_grant", "", "rapt_required", "session_policy"],
  ["invalid_grant", "Account has been deleted", null, "account_deleted"],
  ["invalid_grant", "Account disabled", null, "account_deleted"],
  ["invalid_grant", "Not a valid email or user ID.", null, "unknown"],
  ["admin_policy_enforced", "Access to a requested service was restricted.", null, "admin_policy"],
  ["access_denied", "Account restricted", null, "unknown"],
] as const)("calls %s (%s, %s) %s", (error, description, subtype, reason) => {
  expect(reauthReasonOf({ error, description, subtype })).toBe(reason);
});
