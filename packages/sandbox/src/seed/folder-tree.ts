import type { DriveStore } from "../drive/index.ts";

/** Finds the folder of a path in somebody's Drive and makes what is missing on the way. */
export type FolderTree = (path: readonly string[]) => string;

/** Makes the folder finder of one account. Equal paths lead to the same folder. */
export function createFolderTree(store: DriveStore, sub: string): FolderTree {
  const known = new Map<string, string>();
  const find: FolderTree = (path) => {
    const name = path.at(-1);
    if (name === undefined) {
      return store.rootId(sub);
    }
    const key = JSON.stringify(path);
    const id = known.get(key) ?? store.addFolder(sub, { name, parentId: find(path.slice(0, -1)) }).id;
    known.set(key, id);
    return id;
  };
  return find;
}
