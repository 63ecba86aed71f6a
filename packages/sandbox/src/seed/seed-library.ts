import { availableParallelism } from "node:os";
import type { Account } from "../accounts/account.ts";
import type { DriveStore } from "../drive/index.ts";
import { addAwkwardFiles } from "./add-awkward-files.ts";
import { addSharedFiles } from "./add-shared-files.ts";
import { type Album, aliceAlbums, bobAlbums } from "./albums.ts";
import type { Bitmap } from "./bitmap.ts";
import { createFolderTree, type FolderTree } from "./folder-tree.ts";
import type { LibraryName } from "./library-name.ts";
import { makePicture } from "./make-picture.ts";
import { mapInOrder } from "./map-in-order.ts";
import { paintScenes } from "./paint-scenes.ts";
import { planPictures } from "./plan-pictures.ts";
import { createRandom, type Random } from "./random.ts";
import { shotMediaMetadata } from "./shot-media-metadata.ts";

const SCENES = {
  small: { count: 6, width: 720, height: 640 },
  full: { count: 12, width: 1400, height: 1300 },
} as const;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Fills the Drives of the first two accounts. Names, places, bytes and ids follow from the seed alone, given
 * the same versions of the image library.
 */
export async function seedLibrary({
  store,
  accounts,
  library,
  seed,
}: {
  store: DriveStore;
  accounts: readonly Account[];
  library: LibraryName;
  seed: number;
}): Promise<void> {
  const [alice, bob] = accounts;
  if (library === "none" || alice === undefined || bob === undefined) {
    return;
  }
  const random = createRandom(seed);
  const scenes = await paintScenes(random, SCENES[library]);
  const folder = createFolderTree(store, alice.sub);
  const workshop = { store, scenes, random, library };
  await addAlbums(aliceAlbums, { ...workshop, sub: alice.sub, folder });
  await addAwkwardFiles({ ...workshop, sub: alice.sub, folder });
  const bobFolder = createFolderTree(store, bob.sub);
  await addAlbums(bobAlbums, { ...workshop, sub: bob.sub, folder: bobFolder });
  await addSharedFiles({ ...workshop, alice, bob, folder, bobFolder });
}

async function addAlbums(
  albums: readonly Album[],
  {
    store,
    sub,
    folder,
    scenes,
    random,
    library,
  }: {
    store: DriveStore;
    sub: string;
    folder: FolderTree;
    scenes: readonly Bitmap[];
    random: Random;
    library: "small" | "full";
  },
): Promise<void> {
  const plans = albums.flatMap((album) => planPictures(album, library, random));
  const contents = await mapInOrder(plans, availableParallelism() + 1, (plan) => makePicture(scenes, plan));
  for (const [index, plan] of plans.entries()) {
    store.addFile(sub, {
      name: plan.name,
      mimeType: `image/${plan.format}`,
      parentId: folder(plan.path),
      content: contents[index] ?? null,
      createdTime: new Date(plan.takenAtMs + DAY_MS).toISOString(),
      modifiedTime: new Date(plan.takenAtMs).toISOString(),
      imageMediaMetadata: shotMediaMetadata(plan.size, plan.shot),
    });
  }
}
