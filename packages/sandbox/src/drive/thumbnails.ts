import sharp from "sharp";
import { readAll } from "./content.ts";
import type { DriveFile } from "./file.ts";

/** Links to thumbnails live for some hours. */
const LINK_LIFETIME_MS = 4 * 60 * 60 * 1000;
const LARGEST_SIDE_PIXELS = 1600;
const MOST_CACHED = 1000;

/** The path of a thumbnail link made now. It ends in `=s220`; clients ask for other sizes by rewriting that. */
export function thumbnailPath(file: DriveFile, nowMs: number): string {
  const key = Buffer.from(`${file.id}/${nowMs + LINK_LIFETIME_MS}`).toString("base64url");
  return `/drive-storage/${key}=s220`;
}

/** What a thumbnail link asks for: the file, and the longest side in pixels. */
export interface ThumbnailRequest {
  readonly fileId: string;
  readonly sidePixels: number;
}

/** Reads the last segment of a thumbnail link; null when it is none or has expired. */
export function parseThumbnailKey(segment: string, nowMs: number): ThumbnailRequest | null {
  const [, key = "", side = ""] = /^([\w-]+)=s(\d{1,4})$/.exec(segment) ?? [];
  const [fileId = "", expiresAt = ""] = Buffer.from(key, "base64url").toString().split("/");
  if (fileId === "" || !(Number(expiresAt) > nowMs)) return null;
  return { fileId, sidePixels: Math.min(Math.max(Number(side), 1), LARGEST_SIDE_PIXELS) };
}

/** Makes small pictures when they are first asked for, and keeps the latest of them. */
export class Thumbnails {
  readonly #made = new Map<string, Promise<Buffer | null>>();

  /** A JPEG no larger than `sidePixels` either way; null when the bytes are no picture that can be read. */
  async of(file: DriveFile, sidePixels: number): Promise<Buffer | null> {
    const key = `${file.id}/${file.blob?.headRevisionId}/${sidePixels}`;
    const made = this.#made.get(key) ?? render(file, sidePixels);
    this.#made.set(key, made);
    this.#dropOldest();
    return made;
  }

  #dropOldest(): void {
    const [oldest] = this.#made.keys();
    if (oldest !== undefined && this.#made.size > MOST_CACHED) this.#made.delete(oldest);
  }
}

async function render(file: DriveFile, sidePixels: number): Promise<Buffer | null> {
  if (file.blob === null) return null;
  const bytes = readAll(file.blob.content);
  return sharp(bytes)
    .autoOrient()
    .resize(sidePixels, sidePixels, { fit: "inside", withoutEnlargement: true })
    .flatten({ background: "white" })
    .jpeg({ quality: 80 })
    .toBuffer()
    .catch(() => null);
}
