import sharp from "sharp";

/**
 * Makes pictures that differ from each other: a small JPEG each, with its number behind its end, filled up to the
 * size that is wanted.
 */
export async function testPictures(params: {
  readonly count: number;
  readonly sizeBytes?: number;
}): Promise<Buffer[]> {
  const base = await sharp({ create: { width: 40, height: 30, channels: 3, background: "#4080c0" } })
    .jpeg()
    .toBuffer();
  return Array.from({ length: params.count }, (_, number) => {
    const picture = Buffer.alloc(Math.max(params.sizeBytes ?? 0, base.length + 8));
    base.copy(picture);
    picture.writeUInt32BE(number, picture.length - 4);
    return picture;
  });
}
