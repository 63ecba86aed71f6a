import type { DriveFile, FileContent, FilePut } from "../drive/index.ts";
import { RecipeContent } from "../generated/index.ts";
import type { FilePutRecord } from "./state-record.ts";

/** What records of earlier versions do not say. */
const SINCE_ADDED = {
  addedTimeMs: 0,
  downloadQuotaExceeded: false,
  shortcutTargetMimeType: null,
  sharing: null,
};
const BLOB_SINCE_ADDED = { addedTimeMs: 0 };

/** Makes a file's state again from its record. */
export function restoreFile(
  { kind, issuedIds, file }: FilePutRecord,
  contentOf: (bytes: string, sizeBytes: number) => FileContent,
): FilePut {
  return {
    kind,
    issuedIds,
    file: { ...SINCE_ADDED, ...file, blob: restoreBlob(file, contentOf), exports: restoreExports(file) },
  };
}

function restoreBlob(
  { blob }: FilePutRecord["file"],
  contentOf: (bytes: string, sizeBytes: number) => FileContent,
): DriveFile["blob"] {
  if (blob === null) {
    return null;
  }
  const { bytes, sizeBytes, generated, ...known } = blob;
  const content =
    generated === undefined ? contentOf(bytes, sizeBytes) : new RecipeContent({ ...generated, sizeBytes });
  return { ...BLOB_SINCE_ADDED, ...known, content };
}

function restoreExports({ exports }: FilePutRecord["file"]): DriveFile["exports"] {
  return new Map(Object.entries(exports).map(([type, text]) => [type, Buffer.from(text, "base64")]));
}
