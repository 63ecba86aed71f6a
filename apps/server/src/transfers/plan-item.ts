import type { DriveError, DriveFile } from "../drives/index.ts";
import type { KnownImage } from "../library/index.ts";
import { classifyImportFile } from "./classify-import-file.ts";
import type { FileDescription } from "./describe-files.ts";
import { itemError, itemErrorOf } from "./item-errors.ts";
import type { ItemOutcome } from "./item-outcome.ts";
import { skippedAs } from "./join-known.ts";

/** What becomes of an item of an import, judged before a byte of it is read. */
export type ItemPlan =
  /** Its end is known. */
  | { readonly kind: "settle"; readonly outcome: ItemOutcome }
  /** It is no item but a folder, whose files are to become items. */
  | { readonly kind: "expand"; readonly folder: DriveFile }
  | { readonly kind: "fetch"; readonly file: DriveFile }
  /** The provider said something that passes, or that is not about this file. */
  | { readonly kind: "fault"; readonly error: Error };

/**
 * Decides about one item.
 * @param item.description undefined when the provider left the file out of its answer
 * @param item.known the image that is there already; undefined when there is none, or copies are wanted
 */
export function planItem(
  item: {
    readonly position: number;
    readonly description: FileDescription | undefined;
    readonly known: KnownImage | undefined;
  },
  limits: Parameters<typeof classifyImportFile>[1],
): ItemPlan {
  const { position, description, known } = item;
  if (description === undefined) {
    return { kind: "fault", error: new Error("the provider left a file out of its answer") };
  }
  switch (description.kind) {
    case "broken_shortcut":
      return { kind: "settle", outcome: { state: "failed", position, error: itemError("shortcut_broken") } };
    case "refused":
      return planRefused(position, description.error);
    case "file":
      return planFile(position, description.file, known, limits);
  }
}

function planRefused(position: number, error: DriveError): ItemPlan {
  const isAboutTheFile = error.kind === "gone" || error.kind === "not_allowed" || error.kind === "refused";
  if (!isAboutTheFile) return { kind: "fault", error };
  return { kind: "settle", outcome: { state: "failed", position, error: itemErrorOf(error) } };
}

function planFile(
  position: number,
  file: DriveFile,
  known: KnownImage | undefined,
  limits: Parameters<typeof classifyImportFile>[1],
): ItemPlan {
  if (file.kind === "folder" && !file.trashed) return { kind: "expand", folder: file };
  const decision = classifyImportFile(file, limits);
  if (decision.kind === "refuse") {
    return { kind: "settle", outcome: { state: "failed", position, error: decision.error } };
  }
  if (known === undefined) return { kind: "fetch", file };
  return { kind: "settle", outcome: skippedAs(position, known) };
}
