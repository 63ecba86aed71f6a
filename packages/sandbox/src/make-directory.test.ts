import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeDirectory } from "./make-directory.ts";

let place: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "directory-"));
});

afterEach(() => {
  rmSync(place, { recursive: true, force: true });
});

describe("making a directory", () => {
  it("makes those above it too, for their owner alone, and leaves one alone that is there", () => {
    const path = join(place, "a", "b");
    makeDirectory(path);
    expect([join(place, "a"), path].map((each) => statSync(each).mode & 0o777)).toEqual([0o700, 0o700]);
    mkdirSync(join(path, "c"));
    makeDirectory(path);
    expect(statSync(join(path, "c")).isDirectory()).toBe(true);
  });

  it.skipIf(process.platform !== "linux")("ends with a refusal where no directory can ever be", () => {
    expect(() => makeDirectory("/proc/sandbox/kept")).toThrow(
      "the directory /proc/sandbox/kept cannot be made (ENOENT)",
    );
  });

  it("refuses a file, what lies below one, and a link that leads nowhere", () => {
    const file = join(place, "file");
    writeFileSync(file, "");
    expect(() => makeDirectory(file)).toThrow(`${file} is no directory`);
    expect(() => makeDirectory(join(file, "below"))).toThrow(/ cannot be made \(ENOTDIR\)$/);
    const link = join(place, "link");
    symlinkSync(join(place, "nowhere"), link);
    expect(() => makeDirectory(link)).toThrow(`${link} is no directory`);
  });
});
