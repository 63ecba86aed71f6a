import type { Caller } from "../caller.ts";
import { storageQuotaExceeded } from "../errors.ts";
import type { DriveStore } from "../store/drive-store.ts";

/** Bytes that are about to be stored. */
interface StorageNeed {
  /** The account that they are counted for; null for shared drives, which are counted for nobody. */
  readonly ownerSub: string | null;
  /** How many more it will be, in bytes; what takes less room than before is always let through. */
  readonly addedBytes: number;
}

/**
 * Makes sure that an account has room for more bytes. The trash counts, files without bytes of their own do not, and
 * neither do former revisions, which are not kept here. Throws 403 `storageQuotaExceeded`.
 */
export function requireStorage(
  store: DriveStore,
  { storageLimitBytes }: Caller,
  { ownerSub, addedBytes }: StorageNeed,
): void {
  if (storageLimitBytes === null || ownerSub === null || addedBytes <= 0) return;
  if (store.storageOf(ownerSub).usedBytes + addedBytes > storageLimitBytes) throw storageQuotaExceeded();
}
