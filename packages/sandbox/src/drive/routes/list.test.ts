import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DriveJson, startTestDrive, type TestDrive } from "../testing/start-test-drive.ts";

const FILES = 57;
let drive: TestDrive;
let folderId: string;

beforeAll(async () => {
  drive = await startTestDrive();
  folderId = drive.store.addFolder("101", { name: "many" }).id;
  for (let n = 0; n < FILES; n += 1) {
    const input = { name: `IMG_${n % 20}.jpg`, mimeType: "image/jpeg", content: new Uint8Array([n]) };
    drive.store.addFile("101", { ...input, parentId: folderId });
  }
});
afterAll(() => drive.close());

function pathOf(query: Record<string, string>): string {
  const params = new URLSearchParams({ q: `'${folderId}' in parents`, ...query });
  return `/drive/v3/files?${params.toString()}`;
}

async function listAll(
  query: Record<string, string>,
  between: () => void = () => undefined,
): Promise<DriveJson[]> {
  const files: DriveJson[] = [];
  for (let token: string | undefined = ""; token !== undefined; between()) {
    const { body }: { body: DriveJson } = await drive.json(
      pathOf({ ...query, ...(token && { pageToken: token }) }),
    );
    files.push(...body.files);
    token = body.nextPageToken;
  }
  return files;
}

describe("a listing", () => {
  it("gives every file once, whatever the page size and order", async () => {
    const orders = fc.constantFrom(
      "",
      "name",
      "name_natural desc",
      "modifiedTime desc,name",
      "folder,createdTime",
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: FILES + 3 }), orders, async (pageSize, orderBy) => {
        const files = await listAll({ pageSize: String(pageSize), ...(orderBy && { orderBy }) });
        expect(files).toHaveLength(FILES);
        expect(new Set(files.map(({ id }) => id)).size).toBe(FILES);
      }),
      { numRuns: 30 },
    );
  });

  it("loses and repeats nothing when files come and go meanwhile", async () => {
    const before = new Set(drive.store.childrenOf(folderId).map(({ id }) => id));
    const made: string[] = [];
    const input = { name: "new", mimeType: "image/jpeg", content: new Uint8Array(), parentId: folderId };
    const files = await listAll({ pageSize: "5" }, () => made.push(drive.store.addFile("101", input).id));
    for (const id of made) drive.store.remove(id);
    expect(new Set(files.map(({ id }) => id))).toEqual(before);
    expect(files).toHaveLength(before.size);
  });

  it("sorts names by their numbers when asked to", async () => {
    const natural = await listAll({ orderBy: "name_natural", fields: "files(name)" });
    expect(natural.slice(0, 4).map(({ name }) => name)).toEqual([
      "IMG_0.jpg",
      "IMG_0.jpg",
      "IMG_0.jpg",
      "IMG_1.jpg",
    ]);
    expect(await drive.json(pathOf({ orderBy: "size" }))).toMatchObject({ status: 400, reason: "invalid" });
    expect(await drive.json(pathOf({ orderBy: "name up" }))).toMatchObject({
      status: 400,
      reason: "invalid",
    });
  });

  it("gives the same page for the same token, to its owner alone, for hours and not for ever", async () => {
    const pageToken = (await drive.json(pathOf({ pageSize: "10" }))).body.nextPageToken ?? "";
    const next = pathOf({ pageSize: "10", pageToken, fields: "files(id)" });
    const page = await drive.json(next);
    expect(await drive.json(next)).toEqual(page);
    expect((await drive.json(next, { email: "bob@example.com" })).body.error.errors[0]?.location).toBe(
      "pageToken",
    );
    expect((await drive.json(`/drive/v3/files?pageToken=${encodeURIComponent(pageToken)}`)).status).toBe(400);
    drive.advance(5 * 60 * 60 * 1000);
    expect(await drive.json(next)).toMatchObject({ status: 400, reason: "invalid" });
    expect((await drive.json(pathOf({ pageToken: "made-up" }))).status).toBe(400);
  });

  it("takes 100 files a page unless asked otherwise, and refuses pages of none", async () => {
    expect((await drive.json(pathOf({ pageSize: "5000" }))).status).toBe(200);
    for (const pageSize of ["0", "-1", "x"])
      expect((await drive.json(pathOf({ pageSize }))).status).toBe(400);
  });

  it("refuses what is no search and names the parameter", async () => {
    const answer = await drive.json(pathOf({ q: "name ~ 'x'" }));
    expect(answer.body.error).toMatchObject({
      message: "Invalid Value",
      errors: [{ reason: "invalid", location: "q" }],
    });
  });

  it("shows of each file what the mask names", async () => {
    const { body } = await drive.json(pathOf({ fields: "nextPageToken,files/id", pageSize: "1" }));
    expect(Object.keys(body)).toEqual(["nextPageToken", "files"]);
    expect(Object.keys(body.files[0] ?? {})).toEqual(["id"]);
  });

  it("of a hundred thousand files in one folder is complete", async () => {
    const large = drive.store.addFolder("101", { name: "large" });
    const content = new Uint8Array();
    for (let n = 0; n < 100_000; n += 1) {
      drive.store.addFile("101", { name: `${n}`, mimeType: "image/png", content, parentId: large.id });
    }
    const files = await listAll({
      q: `'${large.id}' in parents and trashed = false`,
      pageSize: "1000",
      fields: "nextPageToken,files/id",
    });
    expect(new Set(files.map(({ id }) => id)).size).toBe(100_000);
    drive.store.remove(large.id);
  }, 30_000);
});
