import type { DriveFile, FileContent, FilePut } from "../drive/index.ts";
import type { FilePutRecord } from "./state-record.ts";

/** Makes a file's state again from its record. */
export function restoreFile(
  { kind, issuedIds, file }: FilePutRecord,
  contentOf: (bytes: string, sizeBytes: number) => FileContent,
): FilePut {
  return {
    kind,
    issuedIds,
    file: { ...file, blob: restoreBlob(file, contentOf), exports: restoreExports(file) },
  };
}

function restoreBlob(
  { blob }: FilePutRecord["file"],
  contentOf: (bytes: string, sizeBytes: number) => FileContent,
): DriveFile["blob"] {
  if (blob === null) {
    return null;
  }
  const { bytes, sizeBytes, ...known } = blob;
  return { ...known, content: contentOf(bytes, sizeBytes) };
}

function restoreExports({ exports }: FilePutRecord["file"]): DriveFile["exports"] {
  return new Map(Object.entries(exports).map(([type, text]) => [type, Buffer.from(text, "base64")]));
}
