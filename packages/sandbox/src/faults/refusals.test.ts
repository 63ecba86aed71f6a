import { describe, expect, it } from "vitest";
import { parseFaultRule } from "./parse-fault-plan.ts";
import { withFaults } from "./testing/with-faults.ts";

const USER_RATE = "User Rate Limit Exceeded. Rate of requests for user exceed configured project quota.";

describe("a status fault of Drive", () => {
  it.each([
    ["authError", 401, "global", "Invalid Credentials"],
    ["backendError", 503, "global", "Backend Error"],
    ["internalError", 500, "global", "Internal Error"],
    ["userRateLimitExceeded", 403, "usageLimits", USER_RATE],
    ["rateLimitExceeded", 429, "usageLimits", "Rate Limit Exceeded"],
    ["dailyLimitExceeded", 403, "usageLimits", "Daily Limit Exceeded"],
    ["quotaExceeded", 403, "usageLimits", "Quota exceeded."],
    ["accessNotConfigured", 403, "usageLimits", "Google Drive API has not been used in project"],
    ["sharingRateLimitExceeded", 403, "global", "Rate limit exceeded."],
    ["storageQuotaExceeded", 403, "global", "The user's Drive storage quota has been exceeded."],
    ["downloadQuotaExceeded", 403, "global", "The download quota for this file has been exceeded."],
    ["insufficientFilePermissions", 403, "global", "The user does not have sufficient permissions"],
    ["insufficientPermissions", 403, "global", "Insufficient Permission"],
    ["cannotDownloadFile", 403, "global", "This file cannot be downloaded by the user."],
    ["exportSizeLimitExceeded", 403, "global", "This file is too large to be exported."],
    ["fileIdInUse", 409, "global", "A file already exists with the provided ID."],
    ["somethingNew", 403, "global", "somethingNew"],
    ["toString", 403, "global", "toString"],
  ])("for the reason %s is %i of the domain %s: %s", (reason, status, domain, message) =>
    withFaults(async ({ ask, put }) => {
      put({ route: "about", fault: { kind: "status", reason } });
      const answer = await ask("/drive/v3/about?fields=user");
      const { error } = JSON.parse(answer.body.toString());
      expect([answer.status, error.code]).toEqual([status, status]);
      expect(error.errors).toMatchObject([{ domain, reason, message: expect.stringContaining(message) }]);
    }),
  );

  it.each([
    [400, "badRequest"],
    [401, "authError"],
    [404, "notFound"],
    [429, "rateLimitExceeded"],
    [500, "internalError"],
    [502, "backendError"],
    [504, "backendError"],
  ])("with status %i alone has the reason %s", (status, reason) =>
    withFaults(async ({ ask, file, put }) => {
      put({ route: "files.get", fault: { kind: "status", status } });
      const answer = await ask(`/drive/v3/files/${file.id}`);
      const { error } = JSON.parse(answer.body.toString());
      expect([answer.status, error.code, error.errors[0].reason]).toEqual([status, status, reason]);
    }),
  );

  it("may have any status and words with a reason", () =>
    withFaults(async ({ ask, put }) => {
      const words = { status: 403, reason: "rateLimitExceeded", message: "Slow down." };
      put({ route: "about", fault: { kind: "status", ...words } });
      const answer = await ask("/drive/v3/about?fields=user");
      const item = { domain: "usageLimits", reason: "rateLimitExceeded", message: "Slow down." };
      expect(JSON.parse(answer.body.toString()).error).toEqual({
        code: 403,
        message: "Slow down.",
        errors: [item],
      });
    }));

  it("is to the letter what Drive itself says", () =>
    withFaults(async ({ ask, put, sandbox }) => {
      const path = "/drive/v3/files/none";
      const real = [await ask(path), await ask(path, { headers: { authorization: "Bearer nothing" } })];
      put(
        { route: "files.get", attempt: 1, fault: { kind: "status", reason: "notFound" } },
        { route: "files.get", fault: { kind: "status", reason: "authError" } },
      );
      const asked = [await ask(path), await ask(path)];
      expect(asked.map(({ body }) => body.toString())).toEqual(real.map(({ body }) => body.toString()));
      expect(sandbox.requests.find({ fault: "status" })).toHaveLength(2);
    }));
});

describe("a status fault at an OAuth endpoint", () => {
  it.each([
    [{}, 503, { error: "internal_failure" }],
    [{ status: 401 }, 401, { error: "invalid_client" }],
    [
      { reason: "invalid_grant", message: "Bad Request" },
      400,
      { error: "invalid_grant", error_description: "Bad Request" },
    ],
    [{ status: 500, reason: "backendError" }, 500, { error: "backendError" }],
  ])("%j is %i with a flat body", (fault, status, body) =>
    withFaults(async ({ ask, put }) => {
      put({ route: "oauth.token", fault: { kind: "status", ...fault } });
      const answer = await ask("/token", { method: "POST" });
      expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([status, body]);
    }),
  );
});

describe("a rule", () => {
  it("has its defaults once it is read", () => {
    expect(parseFaultRule({ route: "about", fault: { kind: "status" } })).toEqual({
      route: "about",
      fileMayAppear: false,
      fault: { kind: "status", body: "json", retryAfterAsDate: false },
    });
  });
});
