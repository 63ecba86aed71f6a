import { type Checksums, type DriveFile, type DriveStore, isFolder } from "../drive/index.ts";
import { checksumsOf } from "./checksums-of.ts";
import { drawSizes } from "./draw-sizes.ts";
import type { GeneratedLibrary } from "./generated-library.ts";
import { RecipeContent, SMALLEST_PICTURE_BYTES } from "./recipe-content.ts";
import { smallPicture } from "./small-picture.ts";

const FOLDER_NAME = "Generated";
const FIRST_CREATED_MS = Date.UTC(2024, 0, 1);
const CREATED_EVERY_MS = 60_000;
const NAME_DIGITS = 6;

/**
 * Adds a library of generated files to somebody's Drive, in a folder "Generated" below the root: `generated-000001.jpg`
 * and so on, one created a minute. Files too small for a picture are `.bin`. All follows from the seed.
 */
export async function addGeneratedLibrary(
  store: DriveStore,
  sub: string,
  { library, seed }: { library: GeneratedLibrary; seed: number },
): Promise<void> {
  const contents = drawSizes(library, seed).map(
    (sizeBytes, index) => new RecipeContent({ seed, sizeBytes, index }),
  );
  const checksums = await checksumsOf(contents);
  const top = store.addFolder(sub, { name: FOLDER_NAME }).id;
  const placeOf = placesIn(store, sub, { top, filesPerFolder: library.filesPerFolder });
  for (const [index, content] of contents.entries()) {
    addGeneratedFile(store, sub, { parentId: placeOf(index), content, checksums: checksums[index] });
  }
}

/** The id of the folder that holds the generated files of an account; null when there is none. */
export function findGeneratedFolder(store: DriveStore, sub: string): string | null {
  const isIt = (item: DriveFile) => isFolder(item) && item.name === FOLDER_NAME;
  return store.childrenOf(store.rootId(sub)).find(isIt)?.id ?? null;
}

/** Where each file goes: a new folder is opened whenever the one before is full. */
function placesIn(
  store: DriveStore,
  sub: string,
  { top, filesPerFolder }: { top: string; filesPerFolder: number | null },
): (index: number) => string {
  if (filesPerFolder === null) return () => top;
  let place = top;
  return (index) => {
    const name = `part-${numbered(index / filesPerFolder)}`;
    if (index % filesPerFolder === 0) place = store.addFolder(sub, { name, parentId: top }).id;
    return place;
  };
}

function addGeneratedFile(
  store: DriveStore,
  sub: string,
  {
    parentId,
    content,
    checksums,
  }: { parentId: string; content: RecipeContent; checksums: Checksums | undefined },
): void {
  if (checksums === undefined) throw new Error("A generated file has no digests");
  const isPicture = content.sizeBytes >= SMALLEST_PICTURE_BYTES;
  store.addFile(sub, {
    name: ["generated-", numbered(content.index), isPicture ? ".jpg" : ".bin"].join(""),
    mimeType: isPicture ? "image/jpeg" : "application/octet-stream",
    parentId,
    content: { content, checksums },
    createdTime: new Date(FIRST_CREATED_MS + content.index * CREATED_EVERY_MS).toISOString(),
    ...(isPicture && { imageMediaMetadata: smallPicture.metadata }),
  });
}

/** Counted from 1, and of one length, so that names sort like numbers. */
function numbered(index: number): string {
  return String(index + 1).padStart(NAME_DIGITS, "0");
}
