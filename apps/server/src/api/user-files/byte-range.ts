import type { ByteRange } from "../../library/index.ts";

const SINGLE_RANGE = /^bytes=(\d*)-(\d*)$/i;

export type RangeDecision =
  | { readonly kind: "whole" }
  | { readonly kind: "part"; readonly range: ByteRange }
  | { readonly kind: "unsatisfiable" };

/**
 * Decides what a Range header asks for (RFC 9110, 14.1.2 and 14.2). What is no single range of bytes is ignored, as the
 * standard allows, and answered with everything.
 * @param sizeBytes of the whole image
 */
export function decideRange(header: string | undefined, sizeBytes: number): RangeDecision {
  const match = header === undefined ? null : SINGLE_RANGE.exec(header.trim());
  const [, first = "", last = ""] = match ?? [];
  if (first === "" && last === "") return { kind: "whole" };
  if (first === "") return part(Math.max(0, sizeBytes - Number(last)), sizeBytes - 1);
  if (last !== "" && Number(last) < Number(first)) return { kind: "whole" };
  return part(Number(first), last === "" ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1));
}

function part(startByte: number, endByte: number): RangeDecision {
  return startByte > endByte ? { kind: "unsatisfiable" } : { kind: "part", range: { startByte, endByte } };
}
