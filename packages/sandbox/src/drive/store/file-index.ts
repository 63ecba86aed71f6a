import type { DriveFile } from "../file.ts";
import { ShareIndex } from "./share-index.ts";
import { StorageUsage } from "./storage-usage.ts";

const NONE: ReadonlySet<string> = new Set();

/** All files by id, by owner and by folder, so that no question has to look at files that it is not about. */
export class FileIndex {
  readonly #byId = new Map<string, DriveFile>();
  readonly #byOwner = new Map<string, Set<string>>();
  readonly #byParent = new Map<string, Set<string>>();
  /** Files that lie in folders of other owners. */
  readonly #strangers = new Set<string>();
  /** Who is named in the access lists of which files. */
  readonly shares = new ShareIndex();
  /** How much every owner has stored. */
  readonly usage = new StorageUsage((id) => this.get(id));

  get(id: string): DriveFile | undefined {
    return this.#byId.get(id);
  }

  /** Puts a file in, or a newer state of it in the place of the older one. */
  put(file: DriveFile): void {
    const former = this.#byId.get(file.id);
    if (former !== undefined && former.parentId !== file.parentId)
      dropFrom(this.#byParent, former.parentId, file.id);
    if (former !== undefined && former.ownerSub !== file.ownerSub)
      dropFrom(this.#byOwner, former.ownerSub, file.id);
    this.#byId.set(file.id, file);
    this.usage.change(former, file);
    this.shares.change(file.id, former?.sharing ?? null, file.sharing);
    this.#noteStranger(file);
    addTo(this.#byOwner, file.ownerSub, file.id);
    addTo(this.#byParent, file.parentId, file.id);
  }

  /** Takes one file out; its children stay where they are. */
  remove(file: DriveFile): void {
    this.usage.change(file, undefined);
    this.#byId.delete(file.id);
    this.#strangers.delete(file.id);
    this.shares.change(file.id, file.sharing, null);
    this.#byParent.delete(file.id);
    dropFrom(this.#byOwner, file.ownerSub, file.id);
    dropFrom(this.#byParent, file.parentId, file.id);
  }

  /** All files there are. */
  all(): Iterable<DriveFile> {
    return this.#byId.values();
  }

  /** Ids of the files that lie in folders of other owners. */
  strangers(): ReadonlySet<string> {
    return this.#strangers;
  }

  /** Ids of the files of an account or a shared drive in the order of their creation, the root folder included. */
  idsOf(ownerSub: string): ReadonlySet<string> {
    return this.#byOwner.get(ownerSub) ?? NONE;
  }

  /** Ids of the files directly in a folder. */
  childIds(folderId: string): ReadonlySet<string> {
    return this.#byParent.get(folderId) ?? NONE;
  }

  #noteStranger({ id, ownerSub, parentId }: DriveFile): void {
    const parent = parentId === null ? undefined : this.#byId.get(parentId);
    if (parent !== undefined && parent.ownerSub !== ownerSub) this.#strangers.add(id);
    else this.#strangers.delete(id);
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
