import { describe, expect, it } from "vitest";
import { parseExifTime } from "./capture-time.ts";

describe("a time in EXIF", () => {
  it.each([
    ["2023:05:06 10:11:12", undefined, "2023-05-06T10:11:12.000Z"],
    ["2023:05:06 10:11:12", "+02:00", "2023-05-06T08:11:12.000Z"],
    ["2023:05:06 23:30:00", "-09:30", "2023-05-07T09:00:00.000Z"],
    ["2023-05-06T10:11:12", "no offset", "2023-05-06T10:11:12.000Z"],
    ["2024:02:29 00:00:00\u0000", undefined, "2024-02-29T00:00:00.000Z"],
  ])("%j with the offset %j is %s", (moment, offset, expected) => {
    expect(parseExifTime(moment, offset)?.toISOString()).toBe(expected);
  });

  it.each([
    ["0000:00:00 00:00:00"],
    ["    :  :     :  :  "],
    ["2023:02:29 10:00:00"],
    ["2023:13:01 10:00:00"],
    ["2023:01:01 25:00:00"],
    ["1825:12:31 23:59:59"],
    [""],
    [undefined],
    [20230506],
  ])("%j is none", (moment) => {
    expect(parseExifTime(moment, undefined)).toBeNull();
  });
});
