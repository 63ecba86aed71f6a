import { describe, expect, it } from "vitest";
import { coversDriveScopes, requestedScopes, seesAllFiles } from "./scopes.ts";

const ROOT = "https://www.googleapis.com/auth/";
const configured = ["openid", "email", `${ROOT}drive.file`, `${ROOT}drive.readonly`];

describe("coversDriveScopes", () => {
  it("takes the granted scopes as a set, whatever their order and whatever else is there", () => {
    const granted = [`${ROOT}drive.readonly`, `${ROOT}userinfo.email`, "openid", `${ROOT}drive.file`];
    expect(coversDriveScopes(configured, granted)).toBe(true);
  });

  it("takes the wider drive for both narrower ones", () => {
    expect(coversDriveScopes(configured, [`${ROOT}drive`])).toBe(true);
  });

  it("misses a scope that was unticked", () => {
    expect(coversDriveScopes(configured, ["openid", `${ROOT}drive.file`])).toBe(false);
    expect(coversDriveScopes([`${ROOT}drive`], [`${ROOT}drive.readonly`, `${ROOT}drive.file`])).toBe(false);
  });

  it("does not take a scope whose name only begins alike", () => {
    expect(
      coversDriveScopes([`${ROOT}drive.file`], [`${ROOT}drive.filewhatever`, `${ROOT}drive.metadata`]),
    ).toBe(false);
  });
});

describe("seesAllFiles", () => {
  it.each([
    [["drive"], true],
    [["drive.file", "drive.readonly"], true],
    [["drive.file"], false],
    [["drive.metadata.readonly", "drive.file"], false],
    [["drive.readonlyish"], false],
    [[], false],
  ])("of %j is %s", (names, expected) => {
    expect(seesAllFiles(["openid", ...names.map((name) => ROOT + name)])).toBe(expected);
  });
});

describe("requestedScopes", () => {
  it("adds what identifies the account, unless it is there under another name", () => {
    expect(requestedScopes([`${ROOT}userinfo.email`, `${ROOT}drive.file`])).toEqual([
      "openid",
      "profile",
      `${ROOT}userinfo.email`,
      `${ROOT}drive.file`,
    ]);
  });
});
