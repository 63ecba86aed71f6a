import type { DriveFile } from "../drives/index.ts";
import { type ItemError, itemError } from "./item-errors.ts";

/** What to do with a file of an import, judged by its metadata alone. */
export type ImportDecision =
  | { readonly kind: "refuse"; readonly error: ItemError }
  /** Fetch its bytes, or with `exportAs` a native document as that type. */
  | { readonly kind: "fetch"; readonly exportAs: string | null };

/**
 * Decides before a byte is read. A type that nobody recognised (`application/octet-stream`) gets its chance: the
 * bytes decide in the end.
 * @param params.exportAs native types that can be had as a picture, with the type to ask for
 */
export function classifyImportFile(
  file: DriveFile,
  params: { readonly maxFileBytes: number; readonly exportAs: Readonly<Record<string, string>> },
): ImportDecision {
  if (file.trashed) return refuse("trashed");
  if (file.kind === "folder") return refuse("is_folder");
  if (file.kind === "shortcut") return refuse("is_shortcut");
  if (file.kind === "native") return classifyNative(file, params.exportAs);
  if (!mayBeImage(file.mimeType) || file.sizeBytes === 0) return refuse("not_an_image");
  if (file.sizeBytes !== null && file.sizeBytes > params.maxFileBytes) return refuse("too_large");
  if (!file.canDownload) return refuse("no_permission");
  return { kind: "fetch", exportAs: null };
}

function classifyNative(file: DriveFile, exportAs: Readonly<Record<string, string>>): ImportDecision {
  const type = Object.hasOwn(exportAs, file.mimeType) ? exportAs[file.mimeType] : undefined;
  if (type === undefined) return refuse("not_an_image");
  if (!file.canDownload) return refuse("no_permission");
  return { kind: "fetch", exportAs: type };
}

/** Whether a type is a picture's, or one that nobody recognised. */
export function mayBeImage(mimeType: string): boolean {
  const type = mimeType.toLowerCase();
  return type.startsWith("image/") || type === "application/octet-stream";
}

function refuse(code: Parameters<typeof itemError>[0]): ImportDecision {
  return { kind: "refuse", error: itemError(code) };
}
