import sharp from "sharp";
import type { Bitmap } from "./bitmap.ts";

/** Encodes bitmaps of one size as an endless animated GIF, 200 ms a frame. */
export async function encodeAnimation(frames: readonly Bitmap[]): Promise<Uint8Array> {
  const [first] = frames;
  if (first === undefined) {
    throw new RangeError("An animation needs a frame");
  }
  const { width, height: pageHeight } = first;
  const raw = { width, height: pageHeight * frames.length, channels: 3, pageHeight } as const;
  return await sharp(Buffer.concat(frames.map(({ data }) => data)), { raw })
    .gif({ effort: 1, colours: 64, loop: 0, delay: frames.map(() => 200) })
    .toBuffer();
}
