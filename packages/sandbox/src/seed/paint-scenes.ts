import sharp from "sharp";
import type { Bitmap } from "./bitmap.ts";
import type { Random } from "./random.ts";
import { sceneSvg } from "./scene-svg.ts";

/** Paints the landscapes that all pictures of a library are taken from. */
export async function paintScenes(
  random: Random,
  { count, width, height }: { count: number; width: number; height: number },
): Promise<readonly Bitmap[]> {
  const drawings = Array.from({ length: count }, () => sceneSvg(random, { width, height }));
  return await Promise.all(drawings.map(paint));
}

async function paint(svg: string): Promise<Bitmap> {
  const { data, info } = await sharp(Buffer.from(svg))
    .flatten({ background: "#ffffff" })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}
