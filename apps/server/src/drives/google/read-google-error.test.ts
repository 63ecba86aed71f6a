import { describe, expect, it } from "vitest";
import { parseRetryAfter, readGoogleError } from "./read-google-error.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");

function envelope(reason: string, extra: object = {}): string {
  return JSON.stringify({
    error: { code: 0, message: "said by Google", errors: [{ reason, domain: "global", ...extra }] },
  });
}

function read(status: number, body: string | null = "", retryAfter: string | null = null) {
  return readGoogleError({ status, body, retryAfter, nowMs: NOW });
}

describe("readGoogleError", () => {
  it.each([
    [401, envelope("authError"), "stale_token", false],
    [403, envelope("userRateLimitExceeded"), "try_later", true],
    [403, envelope("rateLimitExceeded"), "try_later", true],
    [403, envelope("neverHeardOf", { domain: "usageLimits" }), "try_later", true],
    [403, envelope("storageQuotaExceeded"), "quota_full", false],
    [403, envelope("insufficientPermissions"), "not_allowed", false],
    [403, envelope("cannotDownloadAbusiveFile"), "not_allowed", false],
    [403, envelope("accessNotConfigured", { domain: "usageLimits" }), "app_refused", false],
    [403, envelope("dailyLimitExceeded", { domain: "usageLimits" }), "try_later", true],
    [403, envelope("somethingNew"), "not_allowed", false],
    [403, "", "not_allowed", false],
    [404, envelope("notFound"), "gone", false],
    [410, "", "gone", false],
    [409, envelope("fileIdInUse"), "exists", false],
    [400, envelope("invalid", { location: "q" }), "refused", false],
    [416, envelope("requestedRangeNotSatisfiable"), "refused", false],
    [408, "", "try_later", false],
    [429, "", "try_later", true],
    [500, "<html>sorry</html>", "try_later", false],
    [503, envelope("storageQuotaExceeded"), "try_later", false],
  ] as const)("takes %i %s for %s", (status, body, kind, rateLimited) => {
    expect(read(status, body)).toMatchObject({ kind, rateLimited, status });
  });

  it("goes by the details when there are no errors", () => {
    const body = JSON.stringify({
      error: { code: 403, details: [{ reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT" }] },
    });
    expect(read(403, body)).toMatchObject({ kind: "not_allowed", reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT" });
  });

  it("names the parameter that Google refused", () => {
    expect(read(400, envelope("invalid", { location: "q" })).message).toBe(
      'Google Drive refused the request (invalid at "q").',
    );
  });

  it.each(["null", "[]", '{"error":"text"}', '{"error":{"errors":{}}}', '{"error":{"errors":[null]}}'])(
    "is not confused by the body %s",
    (body) => {
      expect(read(403, body)).toMatchObject({ kind: "not_allowed", reason: "http_403" });
    },
  );

  it.each([
    [400, "try_later"],
    [401, "stale_token"],
    [403, "try_later"],
    [404, "gone"],
    [409, "try_later"],
    [410, "gone"],
    [429, "try_later"],
  ] as const)("takes %i whose reason was cut short for %s", (status, kind) => {
    for (const body of [null, "{", envelope("fileIdInUse").slice(0, 50)]) {
      expect(read(status, body)).toMatchObject({ kind, status, reason: `http_${status}` });
    }
  });

  it("does not take a reason for a property of every object", () => {
    expect(read(403, envelope("constructor")).kind).toBe("not_allowed");
  });

  it("honours Retry-After in both its forms", () => {
    expect(read(429, "", "7").retryAfterMs).toBe(7000);
    expect(parseRetryAfter("Thu, 01 Jan 2026 00:00:30 GMT", NOW)).toBe(30_000);
    expect(parseRetryAfter("Wed, 31 Dec 2025 00:00:00 GMT", NOW)).toBe(0);
    expect(parseRetryAfter("soon", NOW)).toBeNull();
  });
});
