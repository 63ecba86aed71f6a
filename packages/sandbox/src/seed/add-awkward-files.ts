import { type DriveStore, minimalPdf, type NewFile } from "../drive/index.ts";
import type { Bitmap } from "./bitmap.ts";
import { encodeAnimation } from "./encode-animation.ts";
import type { FolderTree } from "./folder-tree.ts";
import { makePicture } from "./make-picture.ts";
import { createRandom, type Random } from "./random.ts";
import { takePicture } from "./take-picture.ts";

const ADDED_TIME = "2025-10-04T09:30:00.000Z";
const JPEG = "image/jpeg";

/** Names that a careless program stumbles over. All of them are legal in Drive. */
const AWKWARD_NAMES = [
  `it's a "quoted" name.jpg`,
  "mountains 🏔️🌅.jpg",
  "slash/in/the/name.jpg",
  "back\\slash.jpg",
  "..",
  "trailing space.jpg ",
  " leading space.jpg",
  "two\nlines.jpg",
  "percent%20and+plus.jpg",
  "no extension",
  ".hidden.jpg",
  "turned \u202Egpj.around.jpg",
  "CON.jpg",
  "<b>bold</b>&amp;.jpg",
  "=1+2.jpg",
  `${"a very long name ".repeat(14)}.jpg`,
  "twice.jpg",
  "twice.jpg",
];

/** What the awkward part of a library is made with. */
interface Workshop {
  readonly store: DriveStore;
  readonly sub: string;
  readonly folder: FolderTree;
  readonly scenes: readonly Bitmap[];
  readonly random: Random;
}

/** Adds what real Drives hold beside good pictures: odd names, false types, documents, shortcuts, blocked files. */
export async function addAwkwardFiles(workshop: Workshop): Promise<void> {
  await addAwkwardNames(workshop);
  await addAwkwardContent(workshop);
  await addRestrictedPictures(workshop);
  await addDocuments(workshop);
}

async function addAwkwardNames(workshop: Workshop): Promise<void> {
  const add = adderTo(workshop, ["Awkward", "names"]);
  for (const [index, name] of AWKWARD_NAMES.entries()) {
    add({ name, mimeType: JPEG, content: await makeJpeg(workshop, index + 1) });
  }
  const addBelow = adderTo(workshop, ["Awkward", "names", "..", "a/b", "trailing space "]);
  addBelow({ name: "deep.jpg", mimeType: JPEG, content: await makeJpeg(workshop, 100) });
}

async function addAwkwardContent(workshop: Workshop): Promise<void> {
  const add = adderTo(workshop, ["Awkward", "content"]);
  const jpeg = await makeJpeg(workshop, 200);
  const text = new TextEncoder().encode("This is text, whatever the name says.\n");
  add({ name: "same bytes.jpg", mimeType: JPEG, content: jpeg });
  add({ name: "same bytes again.jpg", mimeType: JPEG, content: jpeg });
  add({ name: "jpeg inside.png", mimeType: "image/png", content: await makeJpeg(workshop, 201) });
  add({ name: "IMG_4021.HEIC", mimeType: "image/heif", content: await makeJpeg(workshop, 202) });
  add({ name: "octets.jpg", mimeType: "application/octet-stream", content: await makeJpeg(workshop, 203) });
  add({ name: "cut short.jpg", mimeType: JPEG, content: jpeg.subarray(0, Math.floor(jpeg.length * 0.6)) });
  add({ name: "really a text.jpg", mimeType: JPEG, content: text });
  add({ name: "empty.png", mimeType: "image/png", content: new Uint8Array(0) });
  add({ name: "moving.gif", mimeType: "image/gif", content: await makeAnimation(workshop) });
}

async function addRestrictedPictures(workshop: Workshop): Promise<void> {
  const add = adderTo(workshop, ["Awkward", "restricted"]);
  const picture = async (name: string, number: number): Promise<NewFile> => ({
    name,
    mimeType: JPEG,
    content: await makeJpeg(workshop, number),
  });
  add({ ...(await picture("no download.jpg", 300)), canDownload: false });
  // Nothing is told of what is in a picture that was flagged.
  add({ ...(await picture("flagged as abusive.jpg", 301)), abusive: true, imageMediaMetadata: {} });
  add({ ...(await picture("in the trash.jpg", 302)), trashed: true });
  add({ ...(await picture("md5 only.jpg", 303)), omitSha: true });
}

async function addDocuments(workshop: Workshop): Promise<void> {
  const add = adderTo(workshop, ["Documents"]);
  const drawing = await makePicture(workshop.scenes, { ...plan(workshop, 400), format: "png" });
  const text = (words: string): Uint8Array => new TextEncoder().encode(words);
  const target = add({ name: "cover.jpg", mimeType: JPEG, content: await makeJpeg(workshop, 401) });
  add({ name: "notes.txt", mimeType: "text/plain", content: text("Buy film. Call Bob.\n") });
  add({ name: "manual.pdf", mimeType: "application/pdf", content: minimalPdf("Camera manual") });
  add({
    name: "Trip plan",
    mimeType: "application/vnd.google-apps.document",
    content: null,
    exports: { "text/plain": text("Day 1: walk.\n"), "application/pdf": minimalPdf("Day 1: walk.") },
  });
  add({
    name: "Floor plan",
    mimeType: "application/vnd.google-apps.drawing",
    content: null,
    exports: {
      "image/png": drawing,
      "image/jpeg": await makeJpeg(workshop, 402),
      "image/svg+xml": text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="60"><path d="M9 9h62v42H9z"/></svg>\n',
      ),
      "application/pdf": minimalPdf("Floor plan"),
    },
  });
  const shortcut = { mimeType: "application/vnd.google-apps.shortcut", content: null };
  add({ ...shortcut, name: "Shortcut to cover.jpg", shortcutTargetId: target.id });
  add({ ...shortcut, name: "Shortcut to Photos", shortcutTargetId: workshop.folder(["Photos"]) });
  add({ ...shortcut, name: "Shortcut to nowhere", shortcutTargetId: `1${"0".repeat(32)}` });
}

function adderTo({ store, sub, folder }: Workshop, path: readonly string[]) {
  const times = { createdTime: ADDED_TIME, modifiedTime: ADDED_TIME };
  return (file: NewFile) => store.addFile(sub, { parentId: folder(path), ...times, ...file });
}

function plan({ random }: Workshop, number: number) {
  const size = { width: 320, height: 240 };
  const seed = random.integer(0, 2 ** 31);
  return { path: [], name: "", number, size, shot: null, takenAtMs: 0, seed };
}

async function makeJpeg(workshop: Workshop, number: number): Promise<Uint8Array> {
  return await makePicture(workshop.scenes, { ...plan(workshop, number), format: "jpeg" });
}

async function makeAnimation({ scenes, random }: Workshop): Promise<Uint8Array> {
  const scene = scenes[0];
  const size = { width: 160, height: 120, grain: 0 };
  const seed = random.integer(0, 2 ** 31);
  const frames = [1, 2, 3, 4].flatMap((number) =>
    scene === undefined ? [] : [takePicture(scene, createRandom(seed + number), { ...size, number })],
  );
  return await encodeAnimation(frames);
}
