import sharp, { type Sharp } from "sharp";
import type { Bitmap } from "./bitmap.ts";
import type { Shot } from "./shot.ts";
import { shotExif } from "./shot-exif.ts";

/** The formats that the library holds. */
export type PictureFormat = "jpeg" | "png" | "webp" | "gif";

/**
 * Enlarges a bitmap to the size wanted and encodes it, with EXIF where there is a shot. The settings prefer
 * speed over small files: the library is made at every start.
 *
 * @returns the bytes of the file
 */
export async function encodePicture(
  bitmap: Bitmap,
  {
    format,
    width,
    height,
    shot,
  }: { format: PictureFormat; width: number; height: number; shot: Shot | null },
): Promise<Uint8Array> {
  const raw = { width: bitmap.width, height: bitmap.height, channels: 3 } as const;
  const sized = sharp(bitmap.data, { raw }).resize({ width, height, fit: "fill", kernel: "linear" });
  const described =
    shot === null ? sized : sized.withExif(shotExif(shot)).withMetadata({ orientation: shot.orientation });
  return await encode(described, format).toBuffer();
}

function encode(picture: Sharp, format: PictureFormat): Sharp {
  switch (format) {
    case "jpeg":
      return picture.jpeg({ quality: 82, optimiseCoding: false });
    case "png":
      return picture.png({ compressionLevel: 1 });
    case "webp":
      return picture.webp({ quality: 75, effort: 0 });
    case "gif":
      return picture.gif({ effort: 1, colours: 64 });
  }
}
