import type { Caller } from "../caller.ts";
import type { CollectedContent } from "../content.ts";
import type { DriveFile } from "../file.ts";
import type { DriveStore } from "../store/drive-store.ts";
import { type Change, changeFile, checkChange } from "../writing/change-file.ts";
import { type Creation, checkCreation, createFile } from "../writing/create-file.ts";

/** What becomes of uploaded bytes: a new file, or a new revision of one. */
export type UploadTarget =
  | ({ readonly kind: "create" } & Creation & { readonly mediaType: string })
  | ({ readonly kind: "change" } & Change & { readonly mediaType: string });

/**
 * Makes sure that the upload can succeed as things are now. `totalBytes` is its size, null when that is not known yet.
 * Throws as checkCreation and checkChange do.
 */
export function checkTarget(
  store: DriveStore,
  caller: Caller,
  target: UploadTarget,
  totalBytes: number | null,
): void {
  switch (target.kind) {
    case "create":
      checkCreation(store, caller, target, totalBytes ?? undefined);
      return;
    case "change":
      checkChange(store, caller, target, totalBytes);
      return;
  }
}

/** Puts the bytes where they belong, and gives the file that has them now. Throws like {@link checkTarget}. */
export function settleTarget(
  store: DriveStore,
  caller: Caller,
  { target, content, nowMs }: { target: UploadTarget; content: CollectedContent; nowMs: number },
): DriveFile {
  switch (target.kind) {
    case "create":
      return createFile(store, caller, { ...target, content });
    case "change":
      return changeFile(store, caller, { ...target, content, nowMs });
  }
}
