import { createHash } from "node:crypto";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { sandboxAccounts } from "../accounts/accounts.ts";
import { type DriveFile, DriveStore } from "../drive/index.ts";
import type { LibraryName } from "./library-name.ts";
import { seedLibrary } from "./seed-library.ts";

interface Library {
  readonly store: DriveStore;
  readonly files: readonly DriveFile[];
}

async function makeLibrary(library: LibraryName, seed: number): Promise<Library> {
  const store = new DriveStore({ now: Date.now, seed });
  for (const account of sandboxAccounts) {
    store.addAccount(account);
  }
  await seedLibrary({ store, accounts: sandboxAccounts, library, seed });
  return { store, files: sandboxAccounts.flatMap(({ sub }) => store.listAll(sub)) };
}

function fingerprint({ store, files }: Library): string {
  const hash = createHash("sha256");
  for (const { id, name, parentId } of files) {
    hash.update(JSON.stringify([id, name, parentId])).update(store.contentOf(id) ?? "");
  }
  return hash.digest("hex");
}

function named({ store, files }: Library, name: string): Buffer {
  const file = files.find((candidate) => candidate.name === name);
  return Buffer.from(store.contentOf(file?.id ?? "") ?? []);
}

describe("the seeded library", () => {
  let full: Library;
  let small: Library;
  beforeAll(async () => {
    small = await makeLibrary("small", 7);
    full = await makeLibrary("full", 7);
  }, 60_000);

  it("is the same for the same seed and another one for another", async () => {
    expect(fingerprint(await makeLibrary("small", 7))).toBe(fingerprint(small));
    expect(fingerprint(await makeLibrary("small", 8))).not.toBe(fingerprint(small));
  });

  it("is empty when nothing is wanted", async () => {
    expect((await makeLibrary("none", 7)).files).toEqual([]);
  });

  it("holds some three hundred pictures of four formats in folders, none of them large in sum", () => {
    const pictures = full.files.filter(({ mimeType }) => mimeType.startsWith("image/"));
    const sizeBytes = pictures.reduce((sum, { id }) => sum + (full.store.contentOf(id)?.length ?? 0), 0);
    expect(pictures.length).toBeGreaterThan(300);
    expect(new Set(pictures.map(({ mimeType }) => mimeType))).toEqual(
      new Set(["image/jpeg", "image/png", "image/webp", "image/gif", "image/heif"]),
    );
    expect(sizeBytes).toBeLessThan(150_000_000);
  });

  it("goes up to twelve megapixels, and every album picture is what Drive says it is", async () => {
    const pictures = full.files.filter(({ imageMediaMetadata }) => imageMediaMetadata?.width !== undefined);
    let largest = 0;
    for (const { id, mimeType, imageMediaMetadata } of pictures) {
      const { format, width, height } = await sharp(full.store.contentOf(id)).metadata();
      expect(mimeType).toBe(`image/${format}`);
      expect(imageMediaMetadata).toMatchObject({ width, height });
      largest = Math.max(largest, width * height);
    }
    expect(largest).toBe(4032 * 3024);
  });

  it("writes date, camera and place into the EXIF of photographs", async () => {
    const { imageMediaMetadata: media, id } =
      full.files.find(({ imageMediaMetadata }) => imageMediaMetadata?.location !== undefined) ?? {};
    const { exif } = await sharp(full.store.contentOf(id ?? "")).metadata();
    const text = exif?.toString("latin1");
    expect(text).toMatch(/^Exif/);
    expect(text).toContain(media?.time);
    expect(text).toContain(media?.cameraMake);
    expect(text).toContain(media?.cameraModel);
    expect(exif?.includes(Buffer.from([0x25, 0x88]))).toBe(true);
  });

  it("turns some photographs on their side, as Drive reports it", async () => {
    const turned = full.files.filter(({ imageMediaMetadata }) => imageMediaMetadata?.rotation === 1);
    expect(turned.length).toBeGreaterThan(0);
    const { orientation } = await sharp(full.store.contentOf(turned[0]?.id ?? "")).metadata();
    expect(orientation).toBe(6);
  });

  it("holds names that are hard to handle, one of them twice in a folder", () => {
    const names = small.files.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["..", "a/b", "trailing space.jpg ", "two\nlines.jpg"]));
    const twice = small.files.filter(({ name }) => name === "twice.jpg");
    expect(new Set(twice.map(({ parentId }) => parentId)).size).toBe(1);
    expect(new Set(twice.map(({ id }) => id)).size).toBe(2);
  });

  it("holds files that are not what they seem, and equal bytes under two names", async () => {
    expect(named(small, "empty.png")).toHaveLength(0);
    expect(named(small, "really a text.jpg").toString()).toMatch(/^This is text/);
    expect((await sharp(named(small, "IMG_4021.HEIC")).metadata()).format).toBe("jpeg");
    expect((await sharp(named(small, "moving.gif"), { animated: true }).metadata()).pages).toBe(4);
    await expect(sharp(named(small, "cut short.jpg")).raw().toBuffer()).rejects.toThrow();
    expect(named(small, "same bytes.jpg").equals(named(small, "same bytes again.jpg"))).toBe(true);
  });
});

describe("what people share in the seeded library", () => {
  let small: Library;
  const [alice, bob] = sandboxAccounts;
  beforeAll(async () => {
    small = await makeLibrary("small", 7);
  }, 60_000);

  function fileNamed(name: string): DriveFile | undefined {
    return [...small.store.allFiles()].find((file) => file.name === name);
  }

  it("is a shared drive of both, with pictures in it", () => {
    const drive = fileNamed("Team photos");
    expect(small.store.sharedWith(alice?.sub ?? "")).toContainEqual(drive);
    expect(small.store.itemsOf(drive?.id ?? "").map(({ name }) => name)).toEqual([
      "Offsite",
      "group.jpg",
      "arrival.jpg",
      "dinner.jpg",
    ]);
  });

  it("is a picture of Bob's shared with Alice, and one behind a link with a resource key", () => {
    const shared = fileNamed("for Alice.png");
    expect(shared?.ownerSub).toBe(bob?.sub);
    expect(small.store.sharedWith(alice?.sub ?? "")).toContainEqual(shared);
    expect(fileNamed("behind a link.png")?.sharing?.resourceKey).toMatch(/^0-/);
  });

  it("stands beside folders that lead back to themselves", () => {
    const loops = small.files.filter(
      ({ shortcutTargetId, parentId }) => shortcutTargetId === parentId && parentId,
    );
    expect(loops.map(({ name }) => name)).toEqual(["to itself"]);
    const [here, there] = [fileNamed("here"), fileNamed("there")];
    expect(small.files.find((file) => file.parentId === here?.id)?.shortcutTargetId).toBe(there?.id);
    expect(small.files.find((file) => file.parentId === there?.id)?.shortcutTargetId).toBe(here?.id);
  });
});
