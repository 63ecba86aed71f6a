import { checksumsOf } from "./checksums-of.ts";
import type { CollectedContent } from "../drive/content.ts";
import { LARGEST_FILE_BYTES } from "../drive/index.ts";
import { LARGEST_INDEX, RecipeContent } from "./recipe-content.ts";
import { requireWhole } from "./require-whole.ts";

/**
 * Makes content for a file that takes neither disk nor memory, whatever its size, with true digests: a small JPEG,
 * then noise. It is there once the digests are, which takes some two seconds a GiB; the same content asked for again
 * in a process is there at once.
 *
 * @param sizeBytes from 429 on the content is a picture of 64 by 48 pixels; below it is cut off
 * @param seed what the bytes follow from; 1 when left out
 * @param index contents of one seed that differ in this differ in their bytes; 0 when left out
 * @throws RangeError naming the value, when one is not a whole number, is less than 0, or a size of more than 5 TiB
 */
export async function generatedContent({
  sizeBytes,
  seed = 1,
  index = 0,
}: {
  readonly sizeBytes: number;
  readonly seed?: number;
  readonly index?: number;
}): Promise<CollectedContent> {
  requireWhole("sizeBytes", sizeBytes, LARGEST_FILE_BYTES);
  requireWhole("seed", seed);
  requireWhole("index", index, LARGEST_INDEX);
  const content = new RecipeContent({ seed, sizeBytes, index });
  const [checksums] = await checksumsOf([content]);
  if (checksums === undefined) throw new Error("No digests were found");
  return { content, checksums };
}
