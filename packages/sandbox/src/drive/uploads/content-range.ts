import { badRequest } from "../errors.ts";

/** What a request to an upload session brings. Offsets and sizes in bytes; a null total is not known yet. */
export type ContentRange =
  | { readonly kind: "status"; readonly totalBytes: number | null }
  | {
      readonly kind: "chunk";
      readonly start: number;
      readonly end: number;
      readonly totalBytes: number | null;
    };

/**
 * Reads the Content-Range of an upload; `end` is exclusive. Null when there is none: the request brings everything
 * at once. Throws 400 for what is no range, and for an empty file described by a total of 0. Larger numbers than are
 * whole in a double are no range either.
 */
export function parseContentRange(header: string | undefined): ContentRange | null {
  if (header === undefined) return null;
  const found = /^bytes (?:\*|(\d+)-(\d+))\/(\*|\d+)$/.exec(header.trim());
  if (found === null) throw unreadable();
  const [, first, last, total = "*"] = found;
  const totalBytes = total === "*" ? null : Number(total);
  if (first === undefined) {
    if (totalBytes === 0 || !Number.isSafeInteger(totalBytes ?? 0)) throw unreadable();
    return { kind: "status", totalBytes };
  }
  const [start, end] = [Number(first), Number(last) + 1];
  if (!Number.isSafeInteger(end) || !Number.isSafeInteger(totalBytes ?? 0)) throw unreadable();
  if (end <= start || (totalBytes !== null && end > totalBytes)) throw unreadable();
  return { kind: "chunk", start, end, totalBytes };
}

function unreadable() {
  return badRequest("Failed to parse Content-Range header.");
}
