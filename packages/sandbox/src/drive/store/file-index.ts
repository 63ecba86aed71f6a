import type { DriveFile } from "../file.ts";

const NONE: ReadonlySet<string> = new Set();

/** All files by id, by owner and by folder, so that no question has to look at files that it is not about. */
export class FileIndex {
  readonly #byId = new Map<string, DriveFile>();
  readonly #byOwner = new Map<string, Set<string>>();
  readonly #byParent = new Map<string, Set<string>>();

  get(id: string): DriveFile | undefined {
    return this.#byId.get(id);
  }

  /** Puts a file in, or a newer state of it in the place of the older one. */
  put(file: DriveFile): void {
    const former = this.#byId.get(file.id);
    if (former !== undefined && former.parentId !== file.parentId)
      dropFrom(this.#byParent, former.parentId, file.id);
    this.#byId.set(file.id, file);
    addTo(this.#byOwner, file.ownerSub, file.id);
    addTo(this.#byParent, file.parentId, file.id);
  }

  /** Takes one file out; its children stay where they are. */
  remove(file: DriveFile): void {
    this.#byId.delete(file.id);
    this.#byParent.delete(file.id);
    dropFrom(this.#byOwner, file.ownerSub, file.id);
    dropFrom(this.#byParent, file.parentId, file.id);
  }

  /** Ids of an account's files in the order of their creation, the root folder included. */
  idsOf(ownerSub: string): ReadonlySet<string> {
    return this.#byOwner.get(ownerSub) ?? NONE;
  }

  /** Ids of the files directly in a folder. */
  childIds(folderId: string): ReadonlySet<string> {
    return this.#byParent.get(folderId) ?? NONE;
  }
}

function addTo(index: Map<string, Set<string>>, key: string | null, id: string): void {
  if (key === null) return;
  const ids = index.get(key) ?? new Set();
  ids.add(id);
  index.set(key, ids);
}

function dropFrom(index: Map<string, Set<string>>, key: string | null, id: string): void {
  if (key === null) return;
  index.get(key)?.delete(id);
}
