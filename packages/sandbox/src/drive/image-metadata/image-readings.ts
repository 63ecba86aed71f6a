import sharp from "sharp";
import { type FileContent, readAll } from "../content.ts";
import type { DriveFile, ImageMediaMetadata } from "../file.ts";
import { readExif } from "./read-exif.ts";

/** Most pictures say all about themselves at their beginning. */
const HEAD_BYTES = 128 * 1024;
/** What claims to be a larger picture, and does not look like one at its beginning, is not read whole. */
const LARGEST_PICTURE_BYTES = 64 * 1024 * 1024;
/** How many pictures are read at a time. */
const READ_AT_ONCE = 8;
const CLOCKWISE_TURNS: Readonly<Record<number, number>> = { 3: 2, 6: 1, 8: 3 };

/**
 * What Drive reads out of uploaded pictures: size in pixels as stored, rotation, and from EXIF the time, the camera and
 * the place. It is read when it is first asked for, and known from then on.
 */
export class ImageReadings {
  readonly #read = new WeakMap<FileContent, ImageMediaMetadata | null>();

  /** What is known of a picture: what it was added with, or what was read. Null when there is nothing. */
  of(file: DriveFile): ImageMediaMetadata | null {
    return file.imageMediaMetadata ?? (file.blob && this.#read.get(file.blob.content)) ?? null;
  }

  /** Reads what has not been read yet of those files whose bytes came before `addedBeforeMs`, in ms since the epoch. */
  async read(files: readonly DriveFile[], { addedBeforeMs }: { addedBeforeMs: number }): Promise<void> {
    const contents = files.flatMap(({ mimeType, blob, imageMediaMetadata }) => {
      const isDue = blob !== null && blob.addedTimeMs <= addedBeforeMs;
      const isUnread = isDue && mimeType.startsWith("image/") && imageMediaMetadata === null;
      return isUnread && !this.#read.has(blob.content) ? [blob.content] : [];
    });
    for (let at = 0; at < contents.length; at += READ_AT_ONCE) {
      await Promise.all(contents.slice(at, at + READ_AT_ONCE).map((content) => this.#note(content)));
    }
  }

  /** Bytes on disk go when their file does, which may be now: then nothing is known, and nothing is noted. */
  async #note(content: FileContent): Promise<void> {
    const found = await readContent(content).catch(() => undefined);
    if (found !== undefined) this.#read.set(content, found);
  }
}

/** Null when the bytes are no picture. Throws when they cannot be read. */
async function readContent(content: FileContent): Promise<ImageMediaMetadata | null> {
  const end = Math.min(HEAD_BYTES, content.sizeBytes);
  const head = await readPicture(readAll(content, { start: 0, end }));
  const isWorthMore = head === null && end < content.sizeBytes && content.sizeBytes <= LARGEST_PICTURE_BYTES;
  return isWorthMore ? readPicture(readAll(content)) : head;
}

/** Null when the bytes are no picture. */
async function readPicture(bytes: Buffer): Promise<ImageMediaMetadata | null> {
  if (bytes.byteLength === 0) return null;
  const found = await sharp(bytes)
    .metadata()
    .catch(() => null);
  if (found === null) return null;
  const { width, height, orientation, exif } = found;
  const rotation = CLOCKWISE_TURNS[orientation ?? 1] ?? 0;
  return { width, height, rotation, ...(exif && readExif(exif)) };
}
