import { randomBytes } from "node:crypto";
import sharp from "sharp";

/**
 * Makes pictures that differ from each other and from those of other calls: a small JPEG each, with its number and a
 * random one behind its end, filled up to the size that is wanted.
 */
export async function testPictures(params: {
  readonly count: number;
  readonly sizeBytes?: number;
}): Promise<Buffer[]> {
  const base = await sharp({ create: { width: 40, height: 30, channels: 3, background: "#4080c0" } })
    .jpeg()
    .toBuffer();
  const call = randomBytes(8);
  return Array.from({ length: params.count }, (_, number) => {
    const picture = Buffer.alloc(Math.max(params.sizeBytes ?? 0, base.length + 16));
    base.copy(picture);
    call.copy(picture, picture.length - 12);
    picture.writeUInt32BE(number, picture.length - 4);
    return picture;
  });
}
