import { fileTypeFromBuffer } from "file-type";
import { IMAGE_TYPES, type ImageType } from "./image-types.ts";

const TIFF_MAGICS = ["49492a00", "4d4d002a", "49492b00", "4d4d002b"];

/**
 * Names the kind of picture by its bytes; a name or a claimed media type is never asked. Null: not a picture.
 * @param bytes the file, or its start. A TIFF's directory may be anywhere; where it is out of sight, the magic decides.
 */
export async function sniffImageType(bytes: Buffer): Promise<ImageType | null> {
  const sniffed = await fileTypeFromBuffer(bytes);
  if (sniffed !== undefined) return IMAGE_TYPES.get(sniffed.mime) ?? null;
  if (!TIFF_MAGICS.includes(bytes.toString("hex", 0, 4))) return null;
  return IMAGE_TYPES.get("image/tiff") ?? null;
}
