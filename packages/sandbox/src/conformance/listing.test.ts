import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "./eventually.ts";
import { refusalOf } from "./refusal-of.ts";
import { startTarget, type Target } from "./start-target.ts";

const NAMES = [
  "alpha beach.jpg",
  "Alpha.png",
  "beta.jpg",
  "gamma ray.jpg",
  "it's.jpg",
  "omega\\.jpg",
  "zeta.txt",
];
let target: Target;
let inFolder: string;

beforeAll(async () => {
  target = await startTarget();
  inFolder = `'${target.folderId}' in parents`;
  for (const name of NAMES) {
    const mimeType = name.endsWith(".txt") ? "text/plain" : `image/${name.endsWith(".png") ? "png" : "jpeg"}`;
    await target.drive.files.create({ requestBody: { name, mimeType, parents: [target.folderId] } });
  }
  await eventually(
    () => namesOf(inFolder),
    ({ length }) => length === NAMES.length,
  );
});
afterAll(() => target.stop());

async function pagesOf(q: string, pageSize: number, orderBy = "name"): Promise<string[][]> {
  const pages: string[][] = [];
  let pageToken: string | undefined;
  do {
    const { data } = await target.drive.files.list({
      q,
      pageSize,
      orderBy,
      fields: "nextPageToken,files(name)",
      ...(pageToken !== undefined && { pageToken }),
    });
    pages.push((data.files ?? []).map(({ name }) => name ?? ""));
    pageToken = data.nextPageToken ?? undefined;
  } while (pageToken !== undefined);
  return pages;
}

async function namesOf(q: string, orderBy?: string): Promise<string[]> {
  return (await pagesOf(q, 1000, orderBy)).flat();
}

describe("a listing", () => {
  it("loses no file and gives none twice, whatever the page size", async () => {
    for (const pageSize of [1, 2, 3, 7, 1000]) {
      const pages = await pagesOf(inFolder, pageSize);
      expect(pages.flat().sort()).toEqual([...NAMES].sort());
      for (const page of pages) expect(page.length).toBeLessThanOrEqual(pageSize);
    }
  });

  it("has kind, incompleteSearch and the short form of each file where no fields are asked for", async () => {
    const { data } = await target.drive.files.list({ q: inFolder, pageSize: 2 });
    expect(data).toMatchObject({ kind: "drive#fileList", incompleteSearch: false });
    expect(data.files?.[0]).toMatchObject({ kind: "drive#file" });
    expect(data.nextPageToken).toEqual(expect.any(String));
  });

  it("sorts names without regard to case, upwards and downwards", async () => {
    const upwards = await namesOf(inFolder, "name");
    expect(upwards.slice(0, 3).every((name) => /^(alpha|beta)/i.test(name))).toBe(true);
    expect(await namesOf(inFolder, "name desc")).toEqual([...upwards].reverse());
  });

  it("refuses an order that there is not", async () => {
    const refused = await refusalOf(target.drive.files.list({ orderBy: "colour" }));
    expect(refused).toMatchObject({ status: 400, reason: "invalid", location: "orderBy" });
  });

  it("refuses a page token that it did not give", async () => {
    const refused = await refusalOf(target.drive.files.list({ pageToken: "~!!~nothing" }));
    expect(refused).toMatchObject({ status: 400, location: "pageToken" });
  });
});

describe("a search", () => {
  it.each([
    ["mimeType contains 'image/'", 6],
    ["mimeType = 'image/png'", 1],
    ["mimeType != 'image/jpeg'", 2],
    ["name contains 'alpha'", 2],
    ["name contains 'lpha'", 0],
    ["name contains 'ray'", 1],
    ["name = 'BETA.jpg'", 1],
    ["name != 'beta.jpg'", 6],
    ["name = 'it\\'s.jpg'", 1],
    ["name = 'omega\\\\.jpg'", 1],
    ["not mimeType contains 'image/'", 1],
    ["(name = 'beta.jpg' or name = 'zeta.txt') and trashed = false", 2],
    ["trashed = true", 0],
    ["'me' in owners", 7],
    ["modifiedTime > '2020-01-01T00:00:00'", 7],
    ["modifiedTime < '2020-01-01'", 0],
    ["starred = true", 0],
  ])("finds by %s", async (term, found) => {
    expect(await namesOf(`${inFolder} and ${term}`)).toHaveLength(found);
  });

  it.each([
    "name",
    "name = beta",
    "colour = 'red'",
    "name = 'a' and",
    "(name = 'a'",
    "modifiedTime > 2020",
    "id > 'x'",
  ])("refuses %s", async (q) => {
    expect(await refusalOf(target.drive.files.list({ q }))).toMatchObject({
      status: 400,
      reason: "invalid",
      location: "q",
    });
  });
});
