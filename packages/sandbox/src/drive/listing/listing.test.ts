import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DriveJson, startTestDrive, type TestDrive } from "../testing/start-test-drive.ts";

const HOUR_MS = 60 * 60 * 1000;
const USUAL = { emptyPages: "never", groupedParentsBug: false, listLagMs: 0, seed: 1 } as const;
let drive: TestDrive;
let folderId: string;

beforeAll(async () => {
  drive = await startTestDrive();
  folderId = addFolder("album", 40);
});
beforeEach(() => drive.settings.change({ drive: USUAL }));
afterAll(() => drive.close());

function addFile(parentId: string, name = "a.txt") {
  return drive.store.addFile("101", { name, mimeType: "text/plain", content: new Uint8Array(3), parentId });
}

function addFolder(name: string, files: number): string {
  const { id } = drive.store.addFolder("101", { name });
  for (let n = 0; n < files; n += 1) addFile(id, `${n}.txt`);
  return id;
}

function list(query: Record<string, string> = {}, options = {}) {
  const params = new URLSearchParams({ q: `'${folderId}' in parents`, ...query });
  return drive.json(`/drive/v3/files?${params.toString()}`, options);
}

async function pagesOf(query: Record<string, string>): Promise<DriveJson[]> {
  const pages: DriveJson[] = [];
  for (let token: string | undefined = ""; token !== undefined; token = pages.at(-1)?.nextPageToken) {
    pages.push((await list({ ...query, ...(token && { pageToken: token }) })).body);
  }
  return pages;
}

describe("a page token", () => {
  it("expires after four hours, and is then refused with 400 that names pageToken", async () => {
    const pageToken = (await list({ pageSize: "5" })).body.nextPageToken ?? "";
    drive.advance(4 * HOUR_MS - 1);
    expect((await list({ pageSize: "5", pageToken })).status).toBe(200);
    drive.advance(1);
    const late = await list({ pageSize: "5", pageToken });
    expect(late).toMatchObject({ status: 400, reason: "invalid" });
    expect(late.body.error.errors[0]?.location).toBe("pageToken");
  });

  it("goes on with another page size, and belongs to one search and one order", async () => {
    const pageToken = (await list({ pageSize: "5" })).body.nextPageToken ?? "";
    expect((await list({ pageSize: "7", pageToken })).body.files).toHaveLength(7);
    expect((await list({ pageToken, orderBy: "name" })).status).toBe(400);
    expect((await list({ pageToken }, { clientId: "other" })).status).toBe(400);
  });
});

describe("with empty pages", () => {
  it("some pages are empty and some are short although more follow, and still every file comes once", async () => {
    let [empty, short] = [0, 0];
    const seeds = fc.tuple(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 1, max: 12 }));
    await fc.assert(
      fc.asyncProperty(seeds, async ([seed, size]) => {
        drive.settings.change({ drive: { emptyPages: "sometimes", seed } });
        const pages = await pagesOf({ pageSize: String(size) });
        const files = pages.flatMap((page) => page.files);
        expect(new Set(files.map(({ id }) => id)).size).toBe(40);
        expect(files).toHaveLength(40);
        const early = pages.slice(0, -1).map((page) => page.files.length);
        empty += early.filter((count) => count === 0).length;
        short += early.filter((count) => count > 0 && count < size).length;
      }),
      { numRuns: 20 },
    );
    expect(empty).toBeGreaterThan(0);
    expect(short).toBeGreaterThan(0);
  });

  it("the same seed has the same pages, and a page asked for again is the same", async () => {
    drive.settings.change({ drive: { emptyPages: "sometimes", seed: 5 } });
    const lengths = async () => (await pagesOf({ pageSize: "4" })).map((page) => page.files.length);
    expect(await lengths()).toEqual(await lengths());
    const pageToken = (await list({ pageSize: "4" })).body.nextPageToken ?? "";
    const again = async () => (await list({ pageSize: "4", pageToken })).body.files;
    expect(await again()).toEqual(await again());
  });
});

describe("with a lag", () => {
  it("a new file is missing from listings for a while, though get finds it", async () => {
    drive.settings.change({ drive: { listLagMs: 30_000 } });
    const id = addFolder("lagging", 0);
    const made = await drive.json("/drive/v3/files", {
      method: "POST",
      body: { name: "new", parents: [id] },
    });
    const q = `'${id}' in parents`;
    expect((await list({ q })).body.files).toEqual([]);
    expect((await drive.json(`/drive/v3/files/${made.body.id}`)).status).toBe(200);
    drive.advance(30_000);
    expect((await list({ q })).body.files.map((file) => file.id)).toEqual([made.body.id]);
  });

  it("a time of creation in the past makes no file old", async () => {
    drive.settings.change({ drive: { listLagMs: 30_000 } });
    const id = addFolder("backdated", 0);
    const body = { name: "old", parents: [id], createdTime: "2001-01-01T00:00:00Z" };
    await drive.json("/drive/v3/files", { method: "POST", body });
    expect((await list({ q: `'${id}' in parents` })).body.files).toEqual([]);
  });

  it("what was there before the Drive opened is listed at once", async () => {
    drive.settings.change({ drive: { listLagMs: 30_000 } });
    const restored = { ...addFile(folderId, "restored"), addedTimeMs: 0 };
    drive.store.restore({ kind: "filePut", file: restored, issuedIds: 0 });
    expect((await list({ q: "name = 'restored'" })).body.files).toHaveLength(1);
    drive.store.remove(restored.id);
  });
});

describe("with the bug of grouped parents", () => {
  it("some searches in several folders find nothing, always the same ones, and folder by folder all is there", async () => {
    drive.settings.change({ drive: { groupedParentsBug: true } });
    const folders = Array.from({ length: 12 }, (_, n) => addFolder(`g${n}`, 1));
    const grouped = folders.slice(1).map((id) => `('${folders[0]}' in parents or '${id}' in parents)`);
    const count = async (q: string) => (await list({ q })).body.files.length;
    const counts = await Promise.all(grouped.map(count));
    expect(new Set(counts)).toEqual(new Set([0, 2]));
    expect(await Promise.all(grouped.map(count))).toEqual(counts);
    for (const id of folders) expect(await count(`'${id}' in parents and trashed = false`)).toBe(1);
    expect(await count(`'${folders[0]}' in parents and (name = '0.txt' or name = 'x')`)).toBe(1);
  });
});

describe("a page", () => {
  it("holds at most 100 files when permissions are asked for", async () => {
    const id = addFolder("large", 130);
    const q = `'${id}' in parents`;
    const count = async (fields: string) => (await list({ q, pageSize: "1000", fields })).body.files.length;
    expect(await count("nextPageToken,files(id,permissions)")).toBe(100);
    expect(await count("files(id,permissions/role)")).toBe(100);
    expect(await count("*")).toBe(100);
    expect(await count("files(id,permissionIds)")).toBe(130);
  });

  it("holds 100 files when no size is asked for", async () => {
    const id = addFolder("hundred", 101);
    const { body } = await list({ q: `'${id}' in parents` });
    expect([body.files.length, typeof body.nextPageToken]).toEqual([100, "string"]);
  });
});

describe("a listing", () => {
  it("of the space of an application's own data is 403 insufficientScopes, of another space 400", async () => {
    for (const spaces of ["appDataFolder", "drive,appDataFolder"]) {
      expect(await list({ spaces })).toMatchObject({ status: 403, reason: "insufficientScopes" });
    }
    expect(await list({ spaces: "photos" })).toMatchObject({ status: 400, reason: "invalid" });
    expect((await list({ spaces: "drive" })).status).toBe(200);
  });

  it.each([
    ["size", 400, "invalid"],
    ["name ascending", 400, "invalid"],
    ["name,,folder", 400, "invalid"],
    ["name,name desc", 403, "orderByContainsDuplicateSortKeys"],
    ["folder,starred", 500, "internalError"],
    ["starred,folder", 200, undefined],
    ["folder,modifiedTime desc,name_natural", 200, undefined],
    ["recency desc", 200, undefined],
  ])("in the order %s is %i", async (orderBy, status, reason) => {
    expect(await list({ orderBy })).toMatchObject({ status, reason });
  });

  it("knows every sort key that is documented, either way round", async () => {
    const keys =
      "createdTime folder modifiedByMeTime modifiedTime name name_natural quotaBytesUsed recency sharedWithMeTime starred viewedByMeTime";
    for (const key of keys.split(" ")) {
      expect((await list({ orderBy: key })).status).toBe(200);
      expect((await list({ orderBy: `${key} desc` })).status).toBe(200);
    }
  });

  it("of a full text search has no order of its own: 403 forbidden at orderBy", async () => {
    const q = "trashed = false and not (fullText contains 'x')";
    const answer = await list({ q, orderBy: "name" });
    expect(answer).toMatchObject({ status: 403, reason: "forbidden" });
    expect(answer.body.error.errors[0]?.location).toBe("orderBy");
    expect((await list({ q })).status).toBe(200);
  });

  it("names the field that does not exist", async () => {
    const answer = await list({ fields: "files(id,foo)" });
    expect(answer).toMatchObject({ status: 400, reason: "invalidParameter" });
    expect(answer.body.error).toMatchObject({
      message: "Invalid field selection foo",
      errors: [{ location: "fields" }],
    });
    expect(await list({ fields: "etag" })).toMatchObject({ status: 400, reason: "invalidParameter" });
  });

  it("passes over parameters that say nothing here, and those that nobody knows", async () => {
    const extra = { "$.xgafv": "1", key: "AIza", quotaUser: "u", userIp: "::1", alt: "json", foo: "bar" };
    expect((await list(extra)).body.files).toHaveLength(40);
    expect((await list({ alt: "JSON" })).status).toBe(200);
    expect((await list({ alt: "" })).status).toBe(200);
  });

  it.each(["media", "xml", "proto"])("cannot be had as alt=%s", async (alt) => {
    const answer = await list({ alt });
    expect(answer).toMatchObject({ status: 400, reason: "invalid" });
    expect(answer.body.error.errors[0]?.location).toBe("alt");
  });

  it("goes by the first of a parameter given twice", async () => {
    const { body } = await drive.json("/drive/v3/files?pageSize=1&pageSize=3&fields=files(id)&fields=bogus");
    expect(body.files).toHaveLength(1);
  });

  it("takes the token from the query where no bytes are given out", async () => {
    const token = "alice@example.com|app|drive";
    const path = `/drive/v3/files?pageSize=1&access_token=${encodeURIComponent(token)}`;
    expect((await drive.json(path, { scopes: null })).status).toBe(200);
    expect((await drive.json("/drive/v3/files?access_token=x", { scopes: null })).status).toBe(401);
  });
});
