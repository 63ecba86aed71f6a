import { createHash } from "node:crypto";
import { LARGEST_FILE_BYTES } from "../drive/index.ts";
import type { GeneratedLibrary } from "./generated-library.ts";

/** With 1, one file in six is larger than e times the median and one in forty-four larger than e squared times. */
const SIGMA = 1;
const MOST_TIMES_THE_MEDIAN = 32;

/** The sizes of the files of a library in bytes, in their order. They follow from the seed. */
export function drawSizes({ files, sizeBytes, fileSizes }: GeneratedLibrary, seed: number): number[] {
  if (fileSizes === "fixed") return new Array<number>(files).fill(sizeBytes);
  const most = Math.min(sizeBytes * MOST_TIMES_THE_MEDIAN, LARGEST_FILE_BYTES);
  return Array.from({ length: files }, (_, index) =>
    Math.min(Math.round(sizeBytes * Math.exp(SIGMA * normal(seed, index))), most),
  );
}

/** A draw from the standard normal distribution, by the method of Box and Muller. */
function normal(seed: number, index: number): number {
  const bytes = createHash("sha256").update(`size ${seed} ${index}`).digest();
  const [distance, direction] = [fraction(bytes.readUInt32BE(0)), fraction(bytes.readUInt32BE(4))];
  return Math.sqrt(-2 * Math.log(distance)) * Math.cos(2 * Math.PI * direction);
}

/** Above 0 and below 1: the logarithm of 0 is none. */
function fraction(bits: number): number {
  return (bits + 0.5) / 2 ** 32;
}
