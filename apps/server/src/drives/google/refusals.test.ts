import { describe, expect, it } from "vitest";
import { type Drive, DriveError } from "../drive.ts";
import { withPace } from "../pace/with-pace.ts";
import { withFreshToken } from "../with-fresh-token.ts";
import { withRetries } from "../with-retries.ts";
import { PACE_RULES } from "./pace-rules.ts";
import { readGoogleError } from "./read-google-error.ts";
import { REFUSALS } from "./refusals.ts";

const unused = () => Promise.reject(new Error("not part of this test"));
const MEANT: Omit<Drive, "about"> = {
  getFiles: unused,
  openFile: unused,
  listFolder: unused,
  findByProperty: unused,
  reserveIds: unused,
  createFolder: unused,
  upload: unused,
  look: unused,
};

function refusal(status: number, reason: string, more: object = {}): DriveError {
  const item = { reason, domain: "global", ...more };
  const body = JSON.stringify({ error: { code: status, message: "said by Google", errors: [item] } });
  return readGoogleError({ status, body, retryAfter: null, nowMs: 0 });
}

/** What our drive does when Google says no to everything. */
async function fateOf(error: DriveError) {
  let calls = 0;
  let renewals = 0;
  const lent = { accessToken: "a token", version: 1 };
  const credential = {
    current: async () => lent,
    renew: async () => {
      renewals += 1;
      return lent;
    },
    giveUp: async () => {},
  };
  const open = (accessToken: () => Promise<string>): Drive => ({
    ...MEANT,
    async about() {
      await accessToken();
      calls += 1;
      throw error;
    },
  });
  const paced = withPace(withFreshToken({ credential, open }), {
    pace: { acquire: async () => ({ answered: () => {}, settle: () => {} }) },
    costs: PACE_RULES.costs,
    work: { kind: "interactive" },
  });
  const drive = withRetries(paced, { patience: "interactive", firstPauseMs: 1 });
  const said = await drive.about().catch((thrown: unknown) => thrown);
  if (renewals > 0) return said instanceof DriveError && said.kind === "sign_in_again" ? "renewed" : "odd";
  return calls > 1 ? "repeated" : "handed on";
}

/** Google's reason, its status, what it means, and what we do about it. */
const TABLE = [
  ["rateLimitExceeded", 403, "try_later", null, "repeated"],
  ["rateLimitExceeded", 429, "try_later", null, "repeated"],
  ["userRateLimitExceeded", 403, "try_later", null, "repeated"],
  ["RATE_LIMIT_EXCEEDED", 429, "try_later", null, "repeated"],
  ["UrlLeaseLimitExceeded", 403, "try_later", null, "repeated"],
  ["neverHeardOf", 429, "try_later", null, "repeated"],
  ["internalError", 500, "try_later", null, "repeated"],
  ["backendError", 500, "try_later", null, "repeated"],
  ["backendError", 502, "try_later", null, "repeated"],
  ["backendError", 503, "try_later", null, "repeated"],
  ["backendError", 504, "try_later", null, "repeated"],
  ["requestTimeout", 408, "try_later", null, "repeated"],
  ["authError", 401, "stale_token", null, "renewed"],
  ["neverHeardOf", 401, "stale_token", null, "renewed"],
  ["dailyLimitExceeded", 403, "try_later", "daily_limit", "handed on"],
  ["accessNotConfigured", 403, "app_refused", "api_not_enabled", "handed on"],
  ["SERVICE_DISABLED", 403, "app_refused", "api_not_enabled", "handed on"],
  ["BILLING_DISABLED", 403, "app_refused", "api_not_enabled", "handed on"],
  ["CONSUMER_INVALID", 403, "app_refused", "api_not_enabled", "handed on"],
  ["CONSUMER_SUSPENDED", 403, "app_refused", "api_not_enabled", "handed on"],
  ["storageQuotaExceeded", 403, "quota_full", "storage_full", "handed on"],
  ["quotaExceeded", 403, "quota_full", "storage_full", "handed on"],
  ["teamDriveFileLimitExceeded", 403, "quota_full", "shared_drive_full", "handed on"],
  ["teamDriveOtherLimitExceeded", 403, "quota_full", "shared_drive_full", "handed on"],
  ["activeItemCreationLimitExceeded", 403, "quota_full", "item_limit_reached", "handed on"],
  ["numChildrenInNonRootLimitExceeded", 403, "quota_full", "folder_full", "handed on"],
  ["myDriveHierarchyDepthLimitExceeded", 403, "not_allowed", "folder_too_deep", "handed on"],
  ["teamDriveHierarchyTooDeep", 403, "not_allowed", "folder_too_deep", "handed on"],
  ["insufficientPermissions", 403, "not_allowed", "insufficient_scope", "handed on"],
  ["ACCESS_TOKEN_SCOPE_INSUFFICIENT", 403, "not_allowed", "insufficient_scope", "handed on"],
  ["domainPolicy", 403, "not_allowed", "domain_policy", "handed on"],
  ["USER_BLOCKED_BY_ADMIN", 403, "not_allowed", "domain_policy", "handed on"],
  ["insufficientFilePermissions", 403, "not_allowed", "no_permission", "handed on"],
  ["insufficientParentPermissions", 403, "not_allowed", "folder_not_writable", "handed on"],
  ["parentNotAFolder", 403, "refused", "not_a_folder", "handed on"],
  ["appNotAuthorizedToFile", 403, "not_allowed", "app_not_authorized", "handed on"],
  ["appNotAuthorizedToChild", 403, "not_allowed", "app_not_authorized", "handed on"],
  ["cannotDownloadFile", 403, "not_allowed", "no_permission", "handed on"],
  ["cannotDownloadSomethingNew", 403, "not_allowed", "no_permission", "handed on"],
  ["cannotDownloadAbusiveFile", 403, "not_allowed", "abusive", "handed on"],
  ["invalidAbuseAcknowledgment", 403, "not_allowed", "abusive", "handed on"],
  ["downloadQuotaExceeded", 403, "not_allowed", "download_quota_exceeded", "handed on"],
  ["fileNotDownloadable", 403, "not_allowed", "not_downloadable", "handed on"],
  ["fileNotExportable", 403, "not_allowed", "not_exportable", "handed on"],
  ["exportSizeLimitExceeded", 403, "not_allowed", "export_too_large", "handed on"],
  ["teamDriveMembershipRequired", 403, "not_allowed", "not_a_member", "handed on"],
  ["teamDriveSomethingNew", 403, "not_allowed", null, "handed on"],
  ["somethingNew", 403, "not_allowed", null, "handed on"],
  ["forbidden", 403, "not_allowed", null, "handed on"],
  ["notFound", 404, "gone", null, "handed on"],
  ["channelExpired", 410, "gone", null, "handed on"],
  ["fileIdInUse", 409, "exists", null, "handed on"],
  ["badRequest", 400, "refused", null, "handed on"],
  ["invalid", 400, "refused", null, "handed on"],
  ["invalidParameter", 400, "refused", null, "handed on"],
  ["required", 400, "refused", null, "handed on"],
  ["invalidSharingRequest", 400, "refused", null, "handed on"],
  ["conditionNotMet", 412, "refused", null, "handed on"],
  ["requestedRangeNotSatisfiable", 416, "refused", "range_not_satisfiable", "handed on"],
] as const;
const SLOW = "sharingRateLimitExceeded";

describe("a refusal of Google's", () => {
  it.each(TABLE)("%s with %i is %s, meaning %s, and is %s", async (reason, status, kind, meaning, fate) => {
    const error = refusal(status, reason);
    expect(error).toMatchObject({ kind, meaning, reason, status });
    expect(await fateOf(error)).toBe(fate);
  });

  it("is in the table, whichever reason it has", () => {
    const told = new Set<string>([...TABLE.map(([reason]) => reason), SLOW]);
    expect(Object.keys(REFUSALS).filter((reason) => !told.has(reason))).toEqual([]);
  });

  it.each([403, 429])("of sharing too fast with %i is repeated after ten seconds or more", (status) => {
    const error = refusal(status, SLOW);
    expect(error).toMatchObject({ kind: "try_later", rateLimited: true, retryAfterMs: 10_000 });
    const body = JSON.stringify({ error: { errors: [{ reason: SLOW }] } });
    const asked = (retryAfter: string) =>
      readGoogleError({ status, body, retryAfter, nowMs: 0 }).retryAfterMs;
    expect([asked("3"), asked("20")]).toEqual([10_000, 20_000]);
  });

  it("for the whole day is a pause, and not a wait", () => {
    expect(refusal(403, "dailyLimitExceeded")).toMatchObject({ rateLimited: true, pauseMs: 900_000 });
  });

  it("for the format of an export says so, although its reason does not", () => {
    const error = refusal(400, "badRequest", { location: "convertTo" });
    expect(error).toMatchObject({ kind: "refused", meaning: "not_exportable" });
  });
});
