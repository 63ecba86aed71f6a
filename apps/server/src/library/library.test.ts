import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../platform/index.ts";
import type { Person } from "../testing/make-person.ts";
import { type Edge, startEdge } from "../testing/start-edge.ts";
import { blobKeyOf, blobTriesOf } from "./blob-key.ts";
import type { NewImage } from "./image.ts";

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge(() => undefined);
});
afterAll(() => edge.stop());

function imageOf(owner: Person, facts: Partial<NewImage> = {}): NewImage {
  const id = newId("img");
  return {
    id,
    tenantId: owner.principal.tenantId,
    createdBy: owner.principal.userId,
    filename: "one.jpg",
    description: "a hill",
    descriptionStatus: "pending",
    mediaType: "image/jpeg",
    format: "jpeg",
    sizeBytes: 3_000_000_000,
    width: 10,
    height: null,
    sha256: createHash("sha256").update(id).digest("hex"),
    md5: "d41d8cd98f00b204e9800998ecf8427e",
    tags: ["a", 'quote " and , comma', "{}"],
    collectionId: null,
    blobKey: blobKeyOf({ tenantId: owner.principal.tenantId, imageId: id, fencingToken: 1 }),
    source: {
      provider: "google_drive",
      connectionId: "550e8400-e29b-41d4-a716-446655440000",
      fileId: "file_1",
      revision: null,
    },
    takenAt: new Date("2020-02-02T02:02:02Z"),
    ...facts,
  };
}

describe("images", () => {
  it("come back as they were put in", async () => {
    const { library, db, owner } = edge;
    const [one, two] = [
      imageOf(owner),
      imageOf(owner, { source: null, md5: null, takenAt: null, description: null }),
    ];
    await library.insertImages(db, [one, two]);
    const found = { title: null, createdAt: expect.any(Date) };
    expect(await library.getImage({ tenantId: owner.principal.tenantId, id: one.id })).toEqual({
      ...one,
      ...found,
    });
    expect(await library.getImage({ tenantId: owner.principal.tenantId, id: two.id })).toEqual({
      ...two,
      ...found,
    });
  });

  it("lose the NUL that PostgreSQL cannot hold in a name, and nothing else", async () => {
    const { library, db, owner } = edge;
    const image = imageOf(owner, { filename: "../a\u0000b\n\u202e<script>.jpg", description: "x\u0000" });
    await library.insertImages(db, [image]);
    const found = await library.getImage({ tenantId: owner.principal.tenantId, id: image.id });
    expect(found).toMatchObject({ filename: "../ab\n\u202e<script>.jpg", description: "x" });
  });

  it("are not another tenant's", async () => {
    const { library, db, owner, stranger } = edge;
    const image = imageOf(owner);
    await library.insertImages(db, [image]);
    expect(await library.getImage({ tenantId: stranger.principal.tenantId, id: image.id })).toBeNull();
    expect(await library.findImages({ tenantId: stranger.principal.tenantId, ids: [image.id] })).toEqual([]);
    const { images } = await library.listImages({ ...page, tenantId: stranger.principal.tenantId });
    expect(images.map(({ id }) => id)).not.toContain(image.id);
  });

  it("appear with the transaction that made them, or not at all", async () => {
    const { library, db, owner } = edge;
    const image = imageOf(owner);
    const abandoned = db.transaction(async (tx) => {
      await library.insertImages(tx, [image]);
      throw new Error("abandoned");
    });
    await expect(abandoned).rejects.toThrow("abandoned");
    expect(await library.getImage({ tenantId: owner.principal.tenantId, id: image.id })).toBeNull();
    await library.insertImages(db, [image]);
    await expect(library.insertImages(db, [image])).rejects.toThrow();
  });

  it("are inserted and found by the thousand", async () => {
    const { library, db, owner } = edge;
    const many = Array.from({ length: 1201 }, () => imageOf(owner));
    await library.insertImages(db, many);
    const unknown = Array.from({ length: 70_000 }, () => "img_unknown");
    const ids = [...many.map(({ id }) => id), ...unknown];
    expect(await library.findImages({ tenantId: owner.principal.tenantId, ids })).toHaveLength(1201);
    expect(await library.findImages({ tenantId: owner.principal.tenantId, ids: [] })).toEqual([]);
    await library.insertImages(db, []);
  });

  it("are opened whole or in part", async () => {
    const { library, owner } = edge;
    const id = await edge.addImage(owner, Buffer.from("0123456789"));
    const image = await library.getImage({ tenantId: owner.principal.tenantId, id });
    if (image === null) throw new Error("the image is not there");
    expect(String(await buffer(await library.openImage(image, null)))).toBe("0123456789");
    expect(String(await buffer(await library.openImage(image, { startByte: 2, endByte: 4 })))).toBe("234");
  });
});

const page = { limit: 100, offset: 0, collectionId: null };

describe("the list of images", () => {
  it("is newest first, and its pages do not overlap though many were made at one moment", async () => {
    const { library, db, stranger } = edge;
    const { tenantId } = stranger.principal;
    const older = Array.from({ length: 7 }, () => imageOf(stranger));
    const newer = Array.from({ length: 5 }, () => imageOf(stranger));
    await library.insertImages(db, older);
    await library.insertImages(db, newer);
    const whole = await library.listImages({ ...page, tenantId });
    expect(whole.totalCount).toBe(12);
    const byIdDown = (images: readonly NewImage[]) =>
      images
        .map(({ id }) => id)
        .sort()
        .reverse();
    const expected = [...byIdDown(newer), ...byIdDown(older)];
    expect(whole.images.map(({ id }) => id)).toEqual(expected);
    const pages = await Promise.all(
      [0, 5, 10].map((offset) => library.listImages({ ...page, tenantId, limit: 5, offset })),
    );
    expect(pages.flatMap(({ images }) => images.map(({ id }) => id))).toEqual(expected);
    expect(pages.map(({ totalCount }) => totalCount)).toEqual([12, 12, 12]);
  });

  it("can be that of one collection", async () => {
    const { library, db, owner } = edge;
    const { tenantId, userId } = owner.principal;
    const collection = await library.createCollection({ tenantId, createdBy: userId, name: "Hills" });
    const inside = imageOf(owner, { collectionId: collection.id });
    await library.insertImages(db, [inside, imageOf(owner)]);
    const listed = await library.listImages({ ...page, tenantId, collectionId: collection.id });
    expect(listed).toMatchObject({ totalCount: 1, images: [{ id: inside.id, collectionId: collection.id }] });
  });
});

describe("collections", () => {
  it("are listed newest first with the number of their own images, page by page", async () => {
    const { library, db, stranger } = edge;
    const { tenantId, userId } = stranger.principal;
    const made: string[] = [];
    for (const name of ["One", "Two", "Three"]) {
      made.push((await library.createCollection({ tenantId, createdBy: userId, name })).id);
    }
    const [one = "", two = "", three = ""] = made;
    await library.insertImages(db, [
      imageOf(stranger, { collectionId: one }),
      imageOf(stranger, { collectionId: one }),
      imageOf(stranger, { collectionId: three }),
    ]);
    const first = await library.listCollections({ tenantId, limit: 2, cursor: null });
    expect(first.collections.map(({ name, imageCount }) => [name, imageCount])).toEqual([
      ["Three", 1],
      ["Two", 0],
    ]);
    expect(first.nextCursor).toBe(two);
    const second = await library.listCollections({ tenantId, limit: 2, cursor: first.nextCursor });
    expect(second).toMatchObject({ collections: [{ name: "One", imageCount: 2 }], nextCursor: null });
    expect(await library.getCollection({ tenantId, id: one })).toMatchObject({ name: "One", imageCount: 2 });
  });

  it("are not another tenant's, and cannot hold another tenant's images", async () => {
    const { library, db, owner, stranger } = edge;
    const { id } = await library.createCollection({
      tenantId: owner.principal.tenantId,
      createdBy: owner.principal.userId,
      name: "Ours",
    });
    expect(await library.collectionExists({ tenantId: owner.principal.tenantId, id })).toBe(true);
    expect(await library.collectionExists({ tenantId: stranger.principal.tenantId, id })).toBe(false);
    expect(await library.getCollection({ tenantId: stranger.principal.tenantId, id })).toBeNull();
    await expect(library.insertImages(db, [imageOf(stranger, { collectionId: id })])).rejects.toThrow();
  });
});

describe("the key of an image's bytes", () => {
  it("lies in a folder shared with what arrived within the same minutes", () => {
    const imageId = "img_01h455vb4pex5vsknk084sn02q";
    const key = blobKeyOf({ tenantId: "ten_01h", imageId, fencingToken: 1 });
    expect(key).toBe(`ten_01h/01h455/${imageId}_1`);
  });

  it("differs from try to try, and begins the same", () => {
    const image = { tenantId: "ten_01h", imageId: "img_01h455vb4pex5vsknk084sn02q" };
    const [first, later] = [1, 40].map((fencingToken) => blobKeyOf({ ...image, fencingToken }));
    expect(later).not.toBe(first);
    expect([first, later].every((key) => key?.startsWith(blobTriesOf(image)))).toBe(true);
  });
});
