import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestDrive, type TestDrive } from "./testing/start-test-drive.ts";
import { formatTimestamp, parseTimestamp } from "./timestamps.ts";

let drive: TestDrive;

beforeAll(async () => {
  drive = await startTestDrive();
});
afterAll(() => drive.close());

describe("a time", () => {
  it.each([
    "2026-02-30T00:00:00Z",
    "2026-02-29",
    "2100-02-29T12:00:00Z",
    "2026-04-31T23:59:59.999+02:00",
    "2026-00-01T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-01-01T24:00:00Z",
    "2026-01-01T23:60:00Z",
  ])("that there is not, %s, is 400 naming its field, and in a search 400 naming q", async (time) => {
    const refused = { status: 400, reason: "invalid" };
    for (const field of ["modifiedTime", "createdTime"]) {
      const answer = await drive.json("/drive/v3/files", { method: "POST", body: { [field]: time } });
      expect(answer).toMatchObject({ ...refused, body: { error: { errors: [{ location: field }] } } });
    }
    const q = encodeURIComponent(`modifiedTime > '${time}'`);
    expect(await drive.json(`/drive/v3/files?q=${q}`)).toMatchObject(refused);
  });

  it("is read as it was written, on every day of every year", () => {
    const [min, max] = [new Date("0000-01-01T00:00:00Z"), new Date("9999-12-31T23:59:59.999Z")];
    fc.assert(
      fc.property(fc.date({ min, max, noInvalidDate: true }), (date) => {
        const timeMs = date.getTime();
        expect(parseTimestamp(formatTimestamp(timeMs))).toBe(timeMs);
        expect(parseTimestamp(formatTimestamp(timeMs).slice(0, 10))).toBe(timeMs - mod(timeMs, 86_400_000));
      }),
    );
    expect(parseTimestamp("2024-02-29T23:59:59+01:00")).toBe(Date.UTC(2024, 1, 29, 22, 59, 59));
  });
});

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}
