/** A kind of picture that the library takes. */
export interface ImageType {
  readonly mediaType: string;
  /** The short name in the API. */
  readonly format: string;
  /** What sharp calls it; null for kinds whose structure it does not read, which have no dimensions here. */
  readonly readAs: "jpeg" | "png" | "webp" | "gif" | "heif" | "tiff" | null;
}

const type = (mediaType: string, format: string, readAs: ImageType["readAs"] = null): [string, ImageType] => [
  mediaType,
  { mediaType, format, readAs },
];

/**
 * Every kind of picture, by the media type that its first bytes show. SVG is not among them: it is a document that
 * can carry scripts. A camera's raw file is a TIFF whose first directory often is a thumbnail's, so it is not measured.
 */
export const IMAGE_TYPES: ReadonlyMap<string, ImageType> = new Map([
  type("image/jpeg", "jpeg", "jpeg"),
  type("image/png", "png", "png"),
  type("image/apng", "png", "png"),
  type("image/webp", "webp", "webp"),
  type("image/gif", "gif", "gif"),
  type("image/avif", "avif", "heif"),
  type("image/heic", "heic", "heif"),
  type("image/heif", "heif", "heif"),
  type("image/heic-sequence", "heic", "heif"),
  type("image/heif-sequence", "heif", "heif"),
  type("image/tiff", "tiff", "tiff"),
  type("image/bmp", "bmp"),
  type("image/x-icon", "ico"),
  type("image/jxl", "jxl"),
  type("image/jp2", "jp2"),
  type("image/jpx", "jpx"),
  type("image/vnd.adobe.photoshop", "psd"),
  type("image/x-adobe-dng", "dng"),
  type("image/x-canon-cr2", "cr2"),
  type("image/x-canon-cr3", "cr3"),
  type("image/x-nikon-nef", "nef"),
  type("image/x-sony-arw", "arw"),
  type("image/x-fujifilm-raf", "raf"),
  type("image/x-olympus-orf", "orf"),
  type("image/x-panasonic-rw2", "rw2"),
]);
