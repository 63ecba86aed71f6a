import type { Bitmap } from "./bitmap.ts";
import { encodePicture } from "./encode-picture.ts";
import type { PlannedPicture } from "./plan-pictures.ts";
import { createRandom } from "./random.ts";
import { takePicture } from "./take-picture.ts";

/** Larger pictures are taken at this many pixels and enlarged, which is much quicker than painting 12 megapixels. */
const TAKEN_PIXELS = 1024 * 768;

/** Makes the bytes of a planned picture; the same plan gives the same bytes. */
export async function makePicture(
  scenes: readonly Bitmap[],
  { size, number, format, shot, seed }: PlannedPicture,
): Promise<Uint8Array> {
  const random = createRandom(seed);
  const scene = scenes[random.integer(0, scenes.length - 1)];
  if (scene === undefined) {
    throw new RangeError("There is no scene to take a picture of");
  }
  const factor = Math.min(1, Math.sqrt(TAKEN_PIXELS / (size.width * size.height)));
  const width = Math.min(scene.width, Math.round(size.width * factor));
  const height = Math.min(scene.height, Math.round(size.height * factor));
  const grain = shot === null ? 0 : 6;
  const bitmap = takePicture(scene, random, { width, height, grain, number });
  return await encodePicture(bitmap, { format, ...size, shot });
}
