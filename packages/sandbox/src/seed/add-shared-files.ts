import type { Account } from "../accounts/account.ts";
import type { DriveStore, NewFile } from "../drive/index.ts";
import type { Bitmap } from "./bitmap.ts";
import type { FolderTree } from "./folder-tree.ts";
import { makePicture } from "./make-picture.ts";
import type { Random } from "./random.ts";

const ADDED_TIME = "2025-10-05T12:00:00.000Z";
const SHORTCUT = { mimeType: "application/vnd.google-apps.shortcut", content: null } as const;
/** Fixed, so that tests can name it. */
const RESOURCE_KEY = "0-sandboxSharedByLink";

/** What the shared part of a library is made with. */
interface SharedWorkshop {
  readonly store: DriveStore;
  readonly alice: Account;
  readonly bob: Account;
  /** Finds folders in Alice's Drive, and in Bob's. */
  readonly folder: FolderTree;
  readonly bobFolder: FolderTree;
  readonly scenes: readonly Bitmap[];
  readonly random: Random;
}

/**
 * Adds what people have to do with together: a shared drive, a picture that Bob shares with Alice, one behind a link with
 * a resource key, and in Alice's Drive folders that lead back to themselves. Drive does not recognise the pictures yet: they
 * have no dimensions.
 */
export async function addSharedFiles(workshop: SharedWorkshop): Promise<void> {
  await addSharedDrive(workshop);
  await addSharedPictures(workshop);
  addLoops(workshop);
}

async function addSharedDrive(workshop: SharedWorkshop): Promise<void> {
  const { store, alice, bob } = workshop;
  const drive = store.addSharedDrive({
    name: "Team photos",
    members: [
      { email: bob.email, role: "organizer" },
      { email: alice.email, role: "writer" },
    ],
  });
  const offsite = store.addFolder(bob.sub, { name: "Offsite", parentId: drive.id });
  for (const [name, parentId, number] of [
    ["group.jpg", drive.id, 501],
    ["arrival.jpg", offsite.id, 502],
    ["dinner.jpg", offsite.id, 503],
  ] as const) {
    store.addFile(bob.sub, { ...(await picture(workshop, name, number)), parentId });
  }
}

async function addSharedPictures(workshop: SharedWorkshop): Promise<void> {
  const { store, alice, bob, bobFolder } = workshop;
  const parentId = bobFolder(["Shared"]);
  const forAlice = store.addFile(bob.sub, { ...(await picture(workshop, "for Alice.png", 504)), parentId });
  store.shareFile(forAlice.id, { email: alice.email, role: "reader" });
  const keyed = { ...(await picture(workshop, "behind a link.png", 505)), resourceKey: RESOURCE_KEY };
  const linked = store.addFile(bob.sub, { ...keyed, parentId });
  store.shareFile(linked.id, { to: { type: "anyone", allowFileDiscovery: false }, role: "reader" });
  const toLinked = { ...SHORTCUT, name: "Shortcut to a picture behind a link", shortcutTargetId: linked.id };
  store.addFile(alice.sub, { ...toLinked, parentId: workshop.folder(["Awkward", "shortcuts"]) });
}

/** A folder with a shortcut to itself, and two folders with shortcuts to one another. */
function addLoops({ store, alice, folder }: SharedWorkshop): void {
  const place = (name: string) => folder(["Awkward", "shortcuts", name]);
  const [own, here, there] = [place("to itself"), place("here"), place("there")];
  for (const [parentId, name, shortcutTargetId] of [
    [own, "to itself", own],
    [here, "there", there],
    [there, "here", here],
  ] as const) {
    store.addFile(alice.sub, { ...SHORTCUT, name, parentId, shortcutTargetId });
  }
}

/** The format follows from the name. */
async function picture({ scenes, random }: SharedWorkshop, name: string, number: number): Promise<NewFile> {
  const format = name.endsWith(".png") ? "png" : "jpeg";
  const size = { width: 320, height: 240 };
  const seed = random.integer(0, 2 ** 31);
  const plan = { path: [], name, number, size, shot: null, takenAtMs: 0, seed, format } as const;
  const content = await makePicture(scenes, plan);
  return { name, mimeType: `image/${format}`, content, createdTime: ADDED_TIME, modifiedTime: ADDED_TIME };
}
