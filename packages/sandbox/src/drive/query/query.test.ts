import { beforeEach, describe, expect, it } from "vitest";
import { DriveError } from "../errors.ts";
import { type DriveFile, FOLDER_MIME } from "../file.ts";
import { DriveStore } from "../store/drive-store.ts";
import { matcherOf, type Searcher } from "./match-query.ts";
import { parseQuery } from "./parse-query.ts";

const account = {
  sub: "1",
  email: "a@example.com",
  name: "A",
  givenName: "A",
  familyName: "A",
  permissionId: "p",
};
let store: DriveStore;
let searcher: Searcher;

beforeEach(() => {
  store = new DriveStore({ now: () => Date.parse("2026-01-02T03:04:05Z"), seed: 1 });
  store.addAccount(account);
  searcher = { store, account, clientId: "app" };
});

function add(name: string, more: Partial<Parameters<DriveStore["addFile"]>[1]> = {}): DriveFile {
  return store.addFile("1", { name, mimeType: "image/jpeg", content: new Uint8Array(1), ...more });
}

function found(q: string): string[] {
  return store
    .listAll("1")
    .filter(matcherOf(parseQuery(q), searcher))
    .map((file) => file.name);
}

function refusal(q: string): number {
  try {
    parseQuery(q);
    return 200;
  } catch (error) {
    return error instanceof DriveError ? error.code : 0;
  }
}

describe("a search", () => {
  it("finds names with quotes and backslashes when they are escaped", () => {
    add("it's");
    add("a\\b");
    expect(found("name = 'it\\'s'")).toEqual(["it's"]);
    expect(found("name = 'a\\\\b'")).toEqual(["a\\b"]);
  });

  it("compares names without regard to case", () => {
    add("Beach.JPG");
    expect(found("name = 'beach.jpg'")).toEqual(["Beach.JPG"]);
    expect(found("name != 'beach.jpg'")).toEqual([]);
  });

  it("finds by contains the beginnings of words alone", () => {
    add("HelloWorld photo");
    expect(found("name contains 'Hello'")).toHaveLength(1);
    expect(found("name contains 'pho'")).toHaveLength(1);
    expect(found("name contains 'World'")).toEqual([]);
  });

  it("finds words side by side when they stand in double quotes", () => {
    add("red old car");
    expect(found(`fullText contains '"old car"'`)).toHaveLength(1);
    expect(found(`fullText contains '"red car"'`)).toEqual([]);
    expect(found("fullText contains 'red car'")).toHaveLength(1);
  });

  it("takes and and or from left to right, and parentheses before both", () => {
    for (const name of ["a", "b", "c"]) add(name);
    expect(found("name = 'a' or name = 'b' and name = 'c'")).toEqual([]);
    expect(found("name = 'a' or (name = 'b' and name = 'b')")).toEqual(["a", "b"]);
    expect(found("not name = 'a' and not (name = 'b' or name = 'x')")).toEqual(["c"]);
  });

  it("looks into one folder, or into the root by its alias", () => {
    const folder = add("folder", { mimeType: FOLDER_MIME, content: null });
    add("inside", { parentId: folder.id });
    expect(found(`'${folder.id}' in parents`)).toEqual(["inside"]);
    expect(found("'root' in parents")).toEqual(["folder"]);
  });

  it("counts children of a trashed folder as trashed", () => {
    const folder = add("folder", { mimeType: FOLDER_MIME, content: null, trashed: true });
    add("inside", { parentId: folder.id });
    add("outside");
    expect(found("trashed = true")).toEqual(["folder", "inside"]);
    expect(found("trashed != true")).toEqual(["outside"]);
  });

  it("compares times as UTC unless they say otherwise", () => {
    add("old", { modifiedTime: "2020-05-05T12:00:00Z" });
    expect(found("modifiedTime = '2020-05-05T12:00:00'")).toHaveLength(1);
    expect(found("modifiedTime >= '2020-05-05T14:00:00+02:00' and modifiedTime < '2020-05-06'")).toHaveLength(
      1,
    );
    expect(found("viewedByMeTime > '2000-01-01'")).toEqual([]);
  });

  it("knows owners, types, properties, and the bare sharedWithMe", () => {
    add("marked", { properties: { a: "1" }, appProperties: { app: { job: "7" }, other: { job: "8" } } });
    expect(found("'me' in owners and mimeType contains 'image/'")).toEqual(["marked"]);
    expect(found("appProperties has { key='job' and value='7' }")).toEqual(["marked"]);
    expect(found("appProperties has { key='job' and value='8' }")).toEqual([]);
    expect(found("properties has { key='a' and value='1' }")).toEqual(["marked"]);
    expect(found("sharedWithMe or starred = true")).toEqual([]);
  });

  it.each([
    "name",
    "name =",
    "name = x",
    'name = "x"',
    "name = 'x",
    "name = 'x' and",
    "(name = 'x'",
    "name = 'x')",
    "name = 'x' name = 'y'",
    "modifiedTime > 2020-01-01",
    "modifiedTime > 'yesterday'",
    "modifiedTime contains '2020'",
    "trashed",
    "trashed = 'true'",
    "trashed > true",
    "parents in 'x'",
    "'x' in 'parents'",
    "'x' in name",
    "fullText = 'x'",
    "mimeType > 'x'",
    "id > 'x'",
    "name = 'a\\n'",
    "properties has { key='a' }",
    "name '=' 'x'",
    "constructor = 'x'",
    `${"(".repeat(5000)}trashed = true${")".repeat(5000)}`,
  ])("refuses %s with 400", (q) => {
    expect(refusal(q)).toBe(400);
  });

  it("stumbles over the order of names as Drive does", () => {
    expect(refusal("name > 'x'")).toBe(500);
  });
});
