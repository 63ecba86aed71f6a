import { LARGEST_FILE_BYTES } from "../drive/index.ts";
import { requireWhole } from "./require-whole.ts";

/** A library of generated files: how many, how large, and how they lie. */
export interface GeneratedLibrary {
  readonly files: number;
  /** The size of each, or with lognormal sizes the one that half of them do not reach. */
  readonly sizeBytes: number;
  readonly fileSizes: "fixed" | "lognormal";
  /** How many lie in a folder; null for all in one. */
  readonly filesPerFolder: number | null;
}

/** What a library may be ordered by; what is left out is as usual. */
export interface GeneratedLibraryOptions {
  /** How many files; none when left out. */
  readonly files?: number;
  /** The size of each file, in bytes; 200,000 when left out. */
  readonly sizeBytes?: number;
  /**
   * "fixed", the usual: all files are of one size. "lognormal": many small and few large ones, half of them below
   * `sizeBytes`, none above 32 times that.
   */
  readonly fileSizes?: "fixed" | "lognormal";
  /** Puts so many files in a folder, one folder beside the other. Left out, all lie in one folder. */
  readonly filesPerFolder?: number;
}

const USUAL_SIZE_BYTES = 200_000;
/** More would not fit into the memory that they are known in. */
const MOST_FILES = 10_000_000;
const FILE_SIZES: readonly unknown[] = ["fixed", "lognormal"];

/**
 * Reads what was ordered; null for no files.
 *
 * @throws RangeError naming the option whose value is none
 */
export function generatedLibraryOf({
  files = 0,
  sizeBytes = USUAL_SIZE_BYTES,
  fileSizes = "fixed",
  filesPerFolder,
}: GeneratedLibraryOptions): GeneratedLibrary | null {
  requireWhole("files", files, MOST_FILES);
  requireWhole("sizeBytes", sizeBytes, LARGEST_FILE_BYTES);
  if (filesPerFolder !== undefined) requireWhole("filesPerFolder", filesPerFolder, MOST_FILES);
  if (filesPerFolder === 0) throw new RangeError("filesPerFolder: a folder of no files holds none");
  if (!FILE_SIZES.includes(fileSizes)) {
    throw new RangeError(`fileSizes: neither "fixed" nor "lognormal": ${String(fileSizes)}`);
  }
  return files === 0 ? null : { files, sizeBytes, fileSizes, filesPerFolder: filesPerFolder ?? null };
}
