import sharp from "sharp";
import { readAll } from "./content.ts";
import type { DriveFile } from "./file.ts";

/** Links to thumbnails live for some hours. */
const LINK_LIFETIME_MS = 4 * 60 * 60 * 1000;
const LARGEST_SIDE_PIXELS = 1600;
const MOST_CACHED = 1000;
/** Of larger files the beginning is looked at, which is enough where there is a whole picture in it. */
const MOST_READ_BYTES = 64 * 1024 * 1024;

/** The path of a thumbnail link made now. It ends in `=s220`; clients ask for other sizes by rewriting that. */
export function thumbnailPath(file: DriveFile, nowMs: number): string {
  const key = Buffer.from(`${file.id}/${nowMs + LINK_LIFETIME_MS}`).toString("base64url");
  return `/drive-storage/${key}=s220`;
}

/** A size in pixels that a picture is to fit into. */
export interface Box {
  readonly width: number;
  readonly height: number;
}

/** What a thumbnail link asks for. */
export interface ThumbnailRequest {
  readonly fileId: string;
  readonly box: Box;
}

/**
 * Reads the last segment of a thumbnail link; null when it is none or has expired. The size is `s` and the longest side,
 * or `w` and `h`; further options, such as the `c` and `p` of cropping, are passed over. Which options Google's picture
 * server has is not documented.
 */
export function parseThumbnailKey(segment: string, nowMs: number): ThumbnailRequest | null {
  const [, key = "", options = ""] = /^([\w-]+)=([\w-]+)$/.exec(segment) ?? [];
  const [fileId = "", expiresAt = ""] = Buffer.from(key, "base64url").toString().split("/");
  const box = boxOf(options);
  if (fileId === "" || box === null || !(Number(expiresAt) > nowMs)) return null;
  return { fileId, box };
}

function boxOf(options: string): Box | null {
  const sides = new Map(
    [...options.matchAll(/(?:^|-)([swh])(\d{1,4})(?=-|$)/g)].map(([, of, side]) => [of, side]),
  );
  const [width, height] = [sides.get("w") ?? sides.get("s"), sides.get("h") ?? sides.get("s")];
  if (width === undefined && height === undefined) return null;
  return { width: sideOf(width), height: sideOf(height) };
}

function sideOf(pixels: string | undefined): number {
  return pixels === undefined
    ? LARGEST_SIDE_PIXELS
    : Math.min(Math.max(Number(pixels), 1), LARGEST_SIDE_PIXELS);
}

/** Makes small pictures when they are first asked for, and keeps the latest of them. */
export class Thumbnails {
  readonly #made = new Map<string, Promise<Buffer | null>>();

  /** A JPEG that fits into the box, never enlarged; null when the bytes are no picture that can be read. */
  async of(file: DriveFile, box: Box): Promise<Buffer | null> {
    const key = `${file.id}/${file.blob?.headRevisionId}/${box.width}x${box.height}`;
    const made = this.#made.get(key) ?? render(file, box);
    this.#made.set(key, made);
    this.#dropOldest();
    return made;
  }

  #dropOldest(): void {
    const [oldest] = this.#made.keys();
    if (oldest !== undefined && this.#made.size > MOST_CACHED) this.#made.delete(oldest);
  }
}

async function render(file: DriveFile, { width, height }: Box): Promise<Buffer | null> {
  if (file.blob === null) return null;
  const { content } = file.blob;
  const bytes = readAll(content, { start: 0, end: Math.min(content.sizeBytes, MOST_READ_BYTES) });
  return sharp(bytes)
    .autoOrient()
    .resize(width, height, { fit: "inside", withoutEnlargement: true })
    .flatten({ background: "white" })
    .jpeg({ quality: 80 })
    .toBuffer()
    .catch(() => null);
}
