import { z } from "zod";
import { LONGEST_LIFETIME_SECONDS } from "../time-limits.ts";
import type { OAuthSettings } from "./oauth-settings.ts";

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

const TokenRefusal = z.enum([
  "expired_or_revoked",
  "account_deleted",
  "invalid_rapt",
  "bad_request",
  "admin_policy_enforced",
]);

const seconds = z.int().min(0).max(LONGEST_LIFETIME_SECONDS);
const email = z.string().toLowerCase();

/** What {@link OAuthSettings} says, as it is checked, and what holds where nothing is said. */
export const OAuthSettingsSchema = z.strictObject({
  publishing: z.enum(["production", "testing"]).default("production"),
  testUsers: z.array(email).nullable().default(null),
  unverifiedApp: z.boolean().default(false),
  granularConsent: z.boolean().default(true),
  consentOutcome: z
    .union([ConsentOutcome, z.record(email, ConsentOutcome)], {
      error: `Invalid option: expected one of ${ConsentOutcome.options.join("|")}, or such options by e-mail`,
    })
    .default("ask"),
  tokenRefusals: z.record(email, TokenRefusal).default({}),
  deletedClients: z.array(z.string()).default([]),
  codeLifetimeSeconds: seconds.min(1).default(600),
  timeBasedAccessSeconds: seconds.min(1).nullable().default(null),
  refreshTokenIdleDays: z.int().min(1).max(3650).nullable().default(180),
  revokedAccessTokenGraceSeconds: seconds.default(0),
  crossOriginOpenerPolicy: z
    .enum(["none", "same-origin", "same-origin-allow-popups", "report-only"])
    .default("none"),
  sendIssuer: z.boolean().default(true),
  signingKeyRotationSeconds: seconds.min(1).nullable().default(null),
  idTokenClockSkewSeconds: z.int().min(-86_400).max(86_400).default(0),
}) satisfies z.ZodType<OAuthSettings>;
