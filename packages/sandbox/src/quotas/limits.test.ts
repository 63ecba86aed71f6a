import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestDrive, type TestCall, type TestDrive } from "../drive/testing/start-test-drive.ts";
import type { SandboxSettings } from "../settings/index.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const BOB = { email: "bob@example.com" };
const PROJECT = "1234567890-app.apps.googleusercontent.com";
const ABOUT = "/drive/v3/about?fields=user";

let drive: TestDrive;

beforeEach(async () => {
  drive = await startTestDrive();
});
afterEach(() => drive.close());

function limit(quotas: Partial<SandboxSettings["quotas"]>): void {
  drive.settings.change({ quotas });
}

/** Asks for something that costs 5 units, and gives the status. */
async function ask(options: TestCall = {}): Promise<number> {
  return (await drive.json(ABOUT, { email: options.email ?? "alice@example.com", ...options })).status;
}

async function askTimes(count: number, options: TestCall = {}): Promise<number[]> {
  const statuses = [];
  for (let each = 0; each < count; each += 1) statuses.push(await ask(options));
  return statuses;
}

function usedBy(email: string) {
  return drive.quotas.report().users.find((user) => user.email === email);
}

function batchOf(ids: readonly string[]) {
  const parts = ids.map(
    (id) => `--b\r\nContent-Type: application/http\r\n\r\nGET /drive/v3/files/${id}\r\n\r\n`,
  );
  const headers = { "content-type": "multipart/mixed; boundary=b" };
  return drive.call("/batch/drive/v3", { method: "POST", headers, body: `${parts.join("")}--b--` });
}

describe("a user who has spent the minute", () => {
  beforeEach(() => limit({ userUnitsPerMinute: 20 }));

  it("is refused with 403 userRateLimitExceeded in its long form, with the page of the project's quotas", async () => {
    expect(await askTimes(4, { clientId: PROJECT })).toEqual([200, 200, 200, 200]);
    const { status, body } = await drive.json(ABOUT, { clientId: PROJECT });
    const page =
      "https://console.developers.google.com/apis/api/drive.googleapis.com/quotas?project=1234567890";
    expect(status).toBe(403);
    expect(body.error).toEqual({
      code: 403,
      message: expect.stringMatching(
        /^User Rate Limit Exceeded\. Rate of requests for user exceed configured project quota\./,
      ),
      errors: [
        {
          message: body.error.message,
          domain: "usageLimits",
          reason: "userRateLimitExceeded",
          extendedHelp: page,
        },
      ],
    });
    expect(body.error.message).toContain(page);
  });

  it("is refused with 429 rateLimitExceeded where the setting says so", async () => {
    limit({ refusal: "429" });
    await askTimes(4);
    const { status, body } = await drive.json(ABOUT);
    const message = "Rate Limit Exceeded";
    expect(status).toBe(429);
    expect(body).toEqual({
      error: {
        code: 429,
        message,
        errors: [{ message, domain: "usageLimits", reason: "rateLimitExceeded" }],
      },
    });
  });

  it("is refused with the long form, the short form and 429 in turn", async () => {
    limit({ refusal: "alternate" });
    await askTimes(4);
    const answers = [];
    for (let each = 0; each < 4; each += 1) answers.push(await drive.json(ABOUT));
    expect(answers.map(({ status, reason }) => `${status} ${reason}`)).toEqual([
      "403 userRateLimitExceeded",
      "403 userRateLimitExceeded",
      "429 rateLimitExceeded",
      "403 userRateLimitExceeded",
    ]);
    expect(answers[0]?.body.error.message).toContain("configured project quota");
    expect(answers[1]?.body.error).toEqual({
      code: 403,
      message: "User rate limit exceeded.",
      errors: [
        { message: "User rate limit exceeded.", domain: "usageLimits", reason: "userRateLimitExceeded" },
      ],
    });
  });

  it("may go on as soon as the minute has slid on, unit by unit", async () => {
    await askTimes(2);
    drive.advance(30_000);
    await askTimes(2);
    drive.advance(29_999);
    expect(await ask()).toBe(403);
    drive.advance(1);
    expect(await askTimes(3)).toEqual([200, 200, 403]);
    drive.advance(30_000);
    expect(await askTimes(3)).toEqual([200, 200, 403]);
  });

  it("is not charged for calls that were refused", async () => {
    expect(await askTimes(40)).toEqual([...Array(4).fill(200), ...Array(36).fill(403)]);
    expect(usedBy("alice@example.com")).toMatchObject({ units: 20, calls: 4, refusedCalls: 36 });
    expect(drive.requests.since(0).at(-1)?.units).toBe(0);
    drive.advance(MINUTE_MS);
    expect(await ask()).toBe(200);
  });

  it("hinders neither another user of the project nor the same user in another project", async () => {
    await askTimes(4);
    expect([await ask(), await ask(BOB), await ask({ clientId: "other" })]).toEqual([403, 200, 200]);
  });

  it("changes nothing by a refused call", async () => {
    const { id } = drive.store.addFile("101", { name: "a", mimeType: "image/png", content: randomBytes(9) });
    const before = drive.store.get(id);
    const ids = drive.store.listAll("101").length;
    await askTimes(4);
    const refused = [
      await drive.json("/drive/v3/files", { method: "POST", body: {} }),
      await drive.json(`/drive/v3/files/${id}`, { method: "PATCH", body: { name: "b" } }),
      await drive.json(`/drive/v3/files/${id}`, { method: "DELETE" }),
      await drive.json(`/drive/v3/files/${id}/copy`, { method: "POST", body: {} }),
      await drive.json("/upload/drive/v3/files?uploadType=multipart", { method: "POST", body: {} }),
      await drive.json("/upload/drive/v3/files?uploadType=resumable", { method: "POST", body: {} }),
    ];
    expect(refused.map(({ status }) => status)).toEqual(Array(6).fill(403));
    expect(drive.store.get(id)).toBe(before);
    expect(drive.store.listAll("101")).toHaveLength(ids);
  });

  it("is refused within a batch too, call by call", async () => {
    const answer = await (await batchOf(Array.from({ length: 6 }, () => "root"))).text();
    expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(4);
    expect(answer.match(/"reason": "userRateLimitExceeded"/g)).toHaveLength(2);
  });

  it("is told when to come back only where the setting says so", async () => {
    await askTimes(4);
    expect((await drive.call(ABOUT)).headers.get("retry-after")).toBeNull();
    limit({ retryAfterSeconds: 7 });
    expect((await drive.call(ABOUT)).headers.get("retry-after")).toBe("7");
    expect(await (await batchOf(["root"])).text()).toMatch(/retry-after: 7/i);
  });
});

describe("a project that has spent", () => {
  it("the minute refuses all its users with 403 rateLimitExceeded or 429, and other projects go on", async () => {
    limit({ projectUnitsPerMinute: 20 });
    expect([...(await askTimes(2)), ...(await askTimes(2, BOB))]).toEqual([200, 200, 200, 200]);
    const message = "Rate Limit Exceeded";
    expect((await drive.json(ABOUT)).body).toEqual({
      error: {
        code: 403,
        message,
        errors: [{ message, domain: "usageLimits", reason: "rateLimitExceeded" }],
      },
    });
    limit({ refusal: "429" });
    expect(await ask(BOB)).toBe(429);
    expect(await ask({ clientId: "other" })).toBe(200);
    drive.advance(MINUTE_MS);
    expect(await ask(BOB)).toBe(200);
  });

  it("the day is refused with 403 dailyLimitExceeded until the day has slid on", async () => {
    limit({ projectUnitsPerDay: 10 });
    await askTimes(2);
    expect(await drive.json(ABOUT)).toMatchObject({ status: 403, reason: "dailyLimitExceeded" });
    drive.advance(DAY_MS - 1);
    expect(await ask()).toBe(403);
    drive.advance(MINUTE_MS);
    expect(await ask()).toBe(200);
  });

  it("as many calls a minute as an old project may make is refused by calls, whatever they cost", async () => {
    limit({ legacyQueriesPerMinute: 3 });
    await drive.call("/drive/v3/files");
    expect(await askTimes(3)).toEqual([200, 200, 403]);
    expect(await ask(BOB)).toBe(403);
    drive.advance(MINUTE_MS);
    expect(await ask(BOB)).toBe(200);
  });
});

describe("Google's preset", () => {
  it("allows a user 325,000 units a minute, a project 1,000,000, 400,000,000 a day, and 750 GB of uploads", () => {
    limit({ preset: "google" });
    expect(drive.quotas.limits).toMatchObject({
      userUnitsPerMinute: 325_000,
      projectUnitsPerMinute: 1_000_000,
      projectUnitsPerDay: 400_000_000,
      uploadBytesPerDay: 750_000_000_000,
      storageLimitBytes: null,
    });
  });

  it("gives way to limits that are named", async () => {
    limit({ preset: "google", userUnitsPerMinute: 5 });
    expect(await askTimes(2)).toEqual([200, 403]);
  });

  it("is off unless asked for: nothing is limited, and everything is counted", async () => {
    expect(Object.values(drive.quotas.limits)).toEqual(Array(8).fill(null));
    await askTimes(3);
    expect(usedBy("alice@example.com")?.unitsInLastMinute).toBe(15);
  });
});

describe("the report", () => {
  it("tells of each user and project what was used, at the peak and in all", async () => {
    limit({ userUnitsPerMinute: 20 });
    await askTimes(5);
    drive.advance(45_000);
    await ask(BOB);
    await ask({ ...BOB, clientId: "other" });
    drive.advance(15_000);
    await ask();
    const { limits, users, projects } = drive.quotas.report();
    expect(limits.userUnitsPerMinute).toBe(20);
    expect(users.find(({ email }) => email === "alice@example.com")).toEqual({
      email: "alice@example.com",
      clientId: "app",
      units: 25,
      unitsInLastMinute: 5,
      peakUnitsPerMinute: 20,
      calls: 5,
      callsInLastMinute: 1,
      callsByKind: { about: 5 },
      refusedCalls: 1,
      creations: 0,
      bytesUp: 0,
      bytesDown: 0,
    });
    expect(projects).toMatchObject([
      { clientId: "app", units: 30, unitsInLastMinute: 10, peakUnitsPerMinute: 25, unitsInLastDay: 30 },
      { clientId: "other", units: 5 },
    ]);
  });

  it("begins anew when it is reset, and so do the limits", async () => {
    limit({ userUnitsPerMinute: 5 });
    expect(await askTimes(2)).toEqual([200, 403]);
    drive.quotas.reset();
    expect(drive.quotas.report()).toMatchObject({ users: [], projects: [] });
    expect(await ask()).toBe(200);
  });
});
