import type { ByteSpan } from "./content.ts";
import { rangeNotSatisfiable } from "./errors.ts";

/**
 * Reads a Range header for content of `sizeBytes`. Null when there is none, or one that a server may ignore: several
 * ranges, another unit, a last byte before the first. Throws 416 when the range begins at or behind the end, which for
 * empty content every range does. Follows RFC 9110, section 14.
 */
export function parseByteRange(header: string | undefined, sizeBytes: number): ByteSpan | null {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
  if (first === undefined || last === undefined || first + last === "") return null;
  if (first === "") return suffix(Number(last), sizeBytes);
  const start = Number(first);
  const end = last === "" ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  if (last !== "" && Number(last) < start) return null;
  if (start >= sizeBytes) throw rangeNotSatisfiable(sizeBytes);
  return { start, end };
}

function suffix(lengthBytes: number, sizeBytes: number): ByteSpan {
  if (lengthBytes === 0 || sizeBytes === 0) throw rangeNotSatisfiable(sizeBytes);
  return { start: Math.max(sizeBytes - lengthBytes, 0), end: sizeBytes };
}
