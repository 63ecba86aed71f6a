import sharp, { type Metadata } from "sharp";
import { readCaptureTime } from "./capture-time.ts";
import type { ImageSample } from "./image-sampler.ts";
import type { ImageType } from "./image-types.ts";
import { sniffImageType } from "./sniff-image-type.ts";

/** A larger file is judged by its start alone. */
const LARGEST_LAYOUT_BYTES = 1024 * 1024 * 1024;

/** What a picture's own bytes say about it. */
export interface InspectedImage {
  readonly mediaType: string;
  readonly format: string;
  /** In pixels as the picture is to be seen, after its EXIF orientation. Null when they were not found. */
  readonly width: number | null;
  readonly height: number | null;
  readonly takenAt: Date | null;
}

/**
 * Describes a picture by what was kept of its bytes. No pixel is decoded, so a picture that claims a billion of them
 * costs no more than another.
 * @returns null when the file is not a picture: another kind of bytes, or one whose structure cannot be read although
 *   all of it was seen. A picture of which too little was seen is one without dimensions.
 */
export async function inspectImage(sample: ImageSample): Promise<InspectedImage | null> {
  const bytes = layOut(sample);
  const imageType = await sniffImageType(bytes);
  if (imageType === null) return null;
  const { mediaType, format } = imageType;
  const unmeasured = { mediaType, format, width: null, height: null, takenAt: null };
  if (imageType.readAs === null) return unmeasured;
  const structure = await readStructure(bytes, imageType);
  if (structure === null) return isWhole(sample) ? null : { ...unmeasured, ...screenOf(bytes, imageType) };
  const exif = imageType.readAs === "tiff" ? bytes : structure.exif;
  const { width, height } = structure.autoOrient;
  return {
    mediaType,
    format,
    width,
    height,
    takenAt: exif === undefined ? null : await readCaptureTime(exif),
  };
}

/**
 * The file with the bytes in their places and zeros where nothing was kept. Readers of structure follow offsets
 * and ask for the right length. The zeros are pages that the system never has to provide, as nobody touches them.
 */
function layOut(sample: ImageSample): Buffer {
  const { header, tail, sizeBytes } = sample;
  if (header.length >= sizeBytes || sizeBytes > LARGEST_LAYOUT_BYTES) return header;
  const bytes = Buffer.alloc(sizeBytes);
  header.copy(bytes);
  tail.copy(bytes, sizeBytes - tail.length);
  return bytes;
}

function isWhole(sample: ImageSample): boolean {
  return sample.header.length + sample.tail.length >= sample.sizeBytes;
}

/** What sharp finds, or null when it finds another kind of picture, or none. */
async function readStructure(bytes: Buffer, imageType: ImageType): Promise<Metadata | null> {
  try {
    const metadata = await sharp(bytes, { limitInputPixels: false }).metadata();
    return metadata.format === imageType.readAs && metadata.width > 0 && metadata.height > 0
      ? metadata
      : null;
  } catch {
    return null;
  }
}

/** A GIF is measured by its logical screen (GIF89a, 18): sharp would read all its frames, which were not all kept. */
function screenOf(bytes: Buffer, imageType: ImageType): { width: number; height: number } | null {
  if (imageType.readAs !== "gif") return null;
  return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
}
