import { describe, expect, it } from "vitest";
import { DriveError } from "../drives/index.ts";
import { ITEM_ERRORS, itemErrorOf, stopReasonOf } from "./item-errors.ts";

const refusal = (
  kind: DriveError["kind"],
  facts: Partial<ConstructorParameters<typeof DriveError>[2]> = {},
) => new DriveError(kind, "said by the Drive", { reason: "x", ...facts });

describe("what a refusal means for its file, and for the job", () => {
  it.each([
    [refusal("gone"), "not_found", false],
    [refusal("not_allowed"), "provider_refused", false],
    [refusal("refused"), "provider_refused", false],
    [refusal("exists"), "provider_refused", false],
    [refusal("try_later"), "provider_failed", false],
    [refusal("try_later", { rateLimited: true }), "provider_rate_limited", false],
    [refusal("try_later", { timedOut: true }), "provider_timeout", false],
    [refusal("try_later", { meaning: "daily_limit", rateLimited: true }), "provider_daily_limit", false],
    [refusal("app_refused"), "oauth_client_refused", false],
    [refusal("app_refused", { meaning: "api_not_enabled" }), "provider_api_disabled", false],
    [refusal("stale_token"), "REAUTH_REQUIRED", true],
    [refusal("sign_in_again"), "REAUTH_REQUIRED", true],
    [refusal("quota_full"), "provider_quota_full", true],
    [refusal("quota_full", { meaning: "folder_full" }), "folder_full", true],
    [refusal("not_allowed", { meaning: "abusive" }), "abusive", false],
    [refusal("not_allowed", { meaning: "domain_policy" }), "domain_policy", true],
    [refusal("refused", { meaning: "not_exportable" }), "not_exportable", false],
  ] as const)("%o is %s, and stops all: %s", (error, code, stops) => {
    expect(itemErrorOf(error).code).toBe(code);
    expect(stopReasonOf(error)?.code ?? null).toBe(stops ? code : null);
  });

  it("is told in the Drive's own words only where there are none of ours", () => {
    expect(itemErrorOf(refusal("not_allowed")).message).toBe("said by the Drive");
    expect(itemErrorOf(refusal("not_allowed", { meaning: "abusive" })).message).toBe(ITEM_ERRORS.abusive);
  });
});
