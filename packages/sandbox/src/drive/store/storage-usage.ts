import type { DriveFile } from "../file.ts";

/** How much the files of one owner take up, in bytes. */
export interface StorageUse {
  readonly usedBytes: number;
  /** The part of it that lies in the trash, or below a folder that does. */
  readonly trashedBytes: number;
}

/** What an item brings to a place, for one owner. */
interface Load extends StorageUse {
  readonly ownerSub: string;
}

type UseByOwner = Map<string, StorageUse>;

const NOTHING: StorageUse = { usedBytes: 0, trashedBytes: 0 };

/**
 * How much every owner has stored, kept up to date with each change. Each folder knows what lies below it, so that a
 * folder that goes to the trash or comes back takes as many steps as it lies deep, however much is in it.
 */
export class StorageUsage {
  readonly #get: (id: string) => DriveFile | undefined;
  readonly #below = new Map<string, UseByOwner>();
  readonly #byOwner: UseByOwner = new Map();

  /** @param get finds the folders above an item */
  constructor(get: (id: string) => DriveFile | undefined) {
    this.#get = get;
  }

  /** What an account or a shared drive has stored. */
  of(ownerSub: string): StorageUse {
    return this.#byOwner.get(ownerSub) ?? NOTHING;
  }

  /** Notes that an item has come (no former state), has changed, or is gone (no next state, and nothing below it). */
  change(former: DriveFile | undefined, next: DriveFile | undefined): void {
    if (former !== undefined && next !== undefined && countsAlike(former, next)) return;
    if (former !== undefined) this.#shift(former, -1);
    if (next !== undefined) this.#shift(next, 1);
    else if (former !== undefined) this.#below.delete(former.id);
  }

  #shift(file: DriveFile, sign: 1 | -1): void {
    let loads = this.#loadsOf(file);
    let parentId = file.parentId;
    while (loads.length > 0 && parentId !== null) {
      const below = this.#below.get(parentId) ?? new Map();
      this.#below.set(parentId, below);
      count(below, loads, sign);
      const folder = this.#get(parentId);
      if (folder?.trashed) loads = loads.map(allTrashed);
      parentId = folder?.parentId ?? null;
    }
    count(this.#byOwner, loads, sign);
  }

  /** What an item brings to the folder that it lies in: its own bytes, and those below it. */
  #loadsOf(file: DriveFile): readonly Load[] {
    const loads: Load[] = [];
    const usedBytes = file.blob?.content.sizeBytes ?? 0;
    if (usedBytes > 0) loads.push({ ownerSub: file.ownerSub, usedBytes, trashedBytes: 0 });
    for (const [ownerSub, use] of this.#below.get(file.id) ?? []) {
      if (use.usedBytes > 0) loads.push({ ownerSub, ...use });
    }
    return file.trashed ? loads.map(allTrashed) : loads;
  }
}

function countsAlike(former: DriveFile, next: DriveFile): boolean {
  return (
    former.parentId === next.parentId &&
    former.trashed === next.trashed &&
    former.ownerSub === next.ownerSub &&
    former.blob?.content.sizeBytes === next.blob?.content.sizeBytes
  );
}

function allTrashed(load: Load): Load {
  return { ...load, trashedBytes: load.usedBytes };
}

function count(uses: UseByOwner, loads: readonly Load[], sign: 1 | -1): void {
  for (const { ownerSub, usedBytes, trashedBytes } of loads) {
    const former = uses.get(ownerSub) ?? NOTHING;
    uses.set(ownerSub, {
      usedBytes: former.usedBytes + sign * usedBytes,
      trashedBytes: former.trashedBytes + sign * trashedBytes,
    });
  }
}
