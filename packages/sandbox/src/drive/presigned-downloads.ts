import { randomBytes } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { isGoogleHost, originAt } from "../hosts/google-hosts.ts";
import { reachedHost } from "../hosts/reached-host.ts";
import { type FileContent, readAll } from "./content.ts";
import type { DriveStore } from "./store/drive-store.ts";

/** Nobody knows for how long Google's are good; a client is to follow at once. */
const LIFETIME_MS = 60 * 60 * 1000;
const LARGEST_COUNT = 10_000;
const GOOGLE_DOWNLOAD_HOST = "doc-0s-8g-apidata.googleusercontent.com";

/** Bytes that an address gives away. */
export interface PresignedDownload {
  readonly content: FileContent;
  readonly mimeType: string;
  readonly expiresAtMs: number;
}

/**
 * Addresses that serve one revision of a file without a credential, as those that Drive sends some downloads to. They
 * lie at another host: Google's, or this machine under its other name, so that a client which carries its token along
 * is found out in the request log. A revision that is kept on disk is no longer served once its file has other bytes or
 * is removed.
 */
export class PresignedDownloads {
  readonly #store: DriveStore;
  readonly #now: () => number;
  /** In order of issue, which is that of expiry. */
  readonly #byKey = new Map<string, PresignedDownload>();

  /** `now` gives milliseconds since the epoch. */
  constructor({ store, now }: { store: DriveStore; now: () => number }) {
    this.#store = store;
    this.#now = now;
  }

  /** An address for the bytes of the file that a download was about. Throws RangeError when the file has none. */
  readonly addressFor = (request: FastifyRequest): string => {
    const { fileId } = request.traffic;
    const file = fileId === null ? undefined : this.#store.get(fileId);
    if (!file?.blob) throw new RangeError("Only a file with bytes has a download to send elsewhere");
    const key = randomBytes(24).toString("base64url");
    const { mimeType, blob } = file;
    this.#byKey.set(key, { mimeType, content: blob.content, expiresAtMs: this.#now() + LIFETIME_MS });
    const [oldest] = this.#byKey.keys();
    if (this.#byKey.size > LARGEST_COUNT && oldest !== undefined) this.#byKey.delete(oldest);
    return `${otherOrigin(request)}/download/drive/v3/files/${file.id}?qk=${key}`;
  };

  /** What an address gives away; null when there is no such address, or no longer, or its bytes have gone. */
  find(key: string): PresignedDownload | null {
    const download = this.#byKey.get(key);
    if (download === undefined || download.expiresAtMs <= this.#now()) return null;
    return isReadable(download.content) ? download : null;
  }
}

/** Bytes on disk go when their file does or gets others. */
function isReadable(content: FileContent): boolean {
  try {
    readAll(content, { start: 0, end: Math.min(1, content.sizeBytes) });
    return true;
  } catch {
    return false;
  }
}

function otherOrigin(request: FastifyRequest): string {
  const { protocol } = request;
  const host = reachedHost(request);
  const port = /:\d+$/.exec(host)?.[0] ?? "";
  if (isGoogleHost(host)) return originAt({ host: `${GOOGLE_DOWNLOAD_HOST}${port}`, protocol });
  return `${protocol}://${host.startsWith("localhost") ? "127.0.0.1" : "localhost"}${port}`;
}
