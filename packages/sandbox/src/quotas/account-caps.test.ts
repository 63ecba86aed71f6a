import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestDrive, type TestDrive } from "../drive/testing/start-test-drive.ts";
import type { SandboxSettings } from "../settings/index.ts";

const MINUTE_MS = 60_000;
const ABOUT = "/drive/v3/about?fields=user";
const DAY_MS = 24 * 60 * MINUTE_MS;

let drive: TestDrive;

beforeEach(async () => {
  drive = await startTestDrive();
});
afterEach(() => drive.close());

function limit(quotas: Partial<SandboxSettings["quotas"]>): void {
  drive.settings.change({ quotas });
}

function upload(bytes: number, email = "alice@example.com") {
  return drive.call("/upload/drive/v3/files?uploadType=media", {
    method: "POST",
    body: randomBytes(bytes),
    email,
  });
}

function create(name = "a") {
  return drive.json("/drive/v3/files", { method: "POST", body: { name } });
}

function usedBy(email: string) {
  return drive.quotas.report().users.find((user) => user.email === email);
}

describe("making files", () => {
  it("faster than the brake allows is refused with 403 userRateLimitExceeded, while reading goes on", async () => {
    limit({ fileCreationsPerSecond: 2 });
    for (let each = 0; each < 10; each += 1) expect((await create()).status).toBe(200);
    expect(await create()).toMatchObject({ status: 403, reason: "userRateLimitExceeded" });
    expect((await upload(1)).status).toBe(403);
    expect((await drive.call(ABOUT)).status).toBe(200);
    expect((await upload(1, "bob@example.com")).status).toBe(200);
    const [file] = drive.store.listAll("101");
    const renamed = await drive.json(`/drive/v3/files/${file?.id}`, { method: "PATCH", body: { name: "b" } });
    expect(renamed.status).toBe(200);
    drive.advance(1000);
    expect([(await create()).status, (await upload(1)).status, (await create()).status]).toEqual([
      200, 200, 403,
    ]);
  });
});

describe("a day's bytes", () => {
  it("of uploads, once reached, are refused for 24 hours with the words of a spent rate", async () => {
    limit({ uploadBytesPerDay: 1000 });
    expect((await upload(400)).status).toBe(200);
    expect((await upload(700)).status).toBe(200);
    const refused = await upload(1);
    const message = "User rate limit exceeded.";
    expect([refused.status, await refused.json()]).toEqual([
      403,
      {
        error: {
          code: 403,
          message,
          errors: [{ message, domain: "usageLimits", reason: "userRateLimitExceeded" }],
        },
      },
    ]);
    const start = "/upload/drive/v3/files?uploadType=resumable";
    expect((await drive.call(start, { method: "POST" })).status).toBe(403);
    expect((await create()).status).toBe(200);
    for (const passedMs of [MINUTE_MS, DAY_MS - MINUTE_MS - 1]) {
      drive.advance(passedMs);
      expect((await upload(1)).status).toBe(403);
    }
    drive.advance(1);
    expect((await upload(1)).status).toBe(200);
  });

  it("of uploads count copies, and let an upload that has begun come to its end", async () => {
    limit({ uploadBytesPerDay: 1000 });
    const start = "/upload/drive/v3/files?uploadType=resumable";
    const session = (await drive.call(start, { method: "POST" })).headers.get("location") ?? "";
    const original = drive.store.addFile("101", {
      name: "a",
      mimeType: "image/png",
      content: randomBytes(1000),
    });
    const copy = () => drive.json(`/drive/v3/files/${original.id}/copy`, { method: "POST", body: {} });
    expect([(await copy()).status, (await copy()).status]).toEqual([200, 403]);
    const sent = await drive.call(session, { method: "PUT", body: randomBytes(5), scopes: null });
    expect(sent.status).toBe(200);
    expect(usedBy("alice@example.com")?.bytesUp).toBe(1005);
  });

  it("of downloads grow by nothing when only the headers of a file are asked for", async () => {
    const content = randomBytes(1000);
    const { id } = drive.store.addFile("101", { name: "a", mimeType: "image/png", content });
    const before = usedBy("alice@example.com")?.bytesDown ?? 0;
    const answer = await drive.call(`/drive/v3/files/${id}?alt=media`, { method: "HEAD" });
    expect([answer.status, answer.headers.get("content-length")]).toEqual([200, "1000"]);
    expect(usedBy("alice@example.com")?.bytesDown).toBe(before);
    expect(drive.requests.since(0).at(-1)?.bytesOut).toBe(0);
  });

  it("of downloads, once reached, are refused with 403 downloadQuotaExceeded, and counted by range", async () => {
    limit({ downloadBytesPerDay: 150 });
    const { id } = drive.store.addFile("101", {
      name: "a",
      mimeType: "image/png",
      content: randomBytes(100),
    });
    const get = (range?: string) =>
      drive.json(`/drive/v3/files/${id}?alt=media`, { headers: range === undefined ? {} : { range } });
    await drive.call(`/drive/v3/files/${id}?alt=media`);
    await drive.call(`/drive/v3/files/${id}?alt=media`, { headers: { range: "bytes=50-" } });
    expect(await get()).toMatchObject({ status: 403, reason: "downloadQuotaExceeded" });
    expect(usedBy("alice@example.com")?.bytesDown).toBe(150);
    expect((await drive.call(ABOUT)).status).toBe(200);
    drive.advance(DAY_MS);
    const again = await drive.call(`/drive/v3/files/${id}?alt=media`);
    expect(again.status).toBe(200);
  });
});
