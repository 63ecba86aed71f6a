import { createHash } from "node:crypto";
import type { DriveFile } from "../../drives/index.ts";
import { createImageSampler } from "../../library/inspect/index.ts";

/** Looks at the bytes of one file as they come by, in their order. Its state outlives the connection that they come on. */
export interface Intake {
  /** How many bytes have come by. */
  readonly sizeBytes: number;
  take(chunk: Buffer): void;
  /** What all the bytes say; to be asked once, after the last. */
  read(): Measured;
}

export interface Measured {
  readonly sizeBytes: number;
  /** Lower hex. */
  readonly sha256: string;
  /** Lower hex; null when it was not asked for. */
  readonly md5: string | null;
  readonly sample: ReturnType<ReturnType<typeof createImageSampler>["sample"]>;
}

/** Hashes and samples. MD5, which costs twice as much as SHA-256, only for files of which nothing better is named. */
export function createIntake(file: Pick<DriveFile, "sha256" | "md5">): Intake {
  const sha256 = createHash("sha256");
  const md5 = file.sha256 === null && file.md5 !== null ? createHash("md5") : null;
  const sampler = createImageSampler();
  let sizeBytes = 0;
  return {
    get sizeBytes() {
      return sizeBytes;
    },
    take(chunk) {
      sizeBytes += chunk.length;
      sha256.update(chunk);
      md5?.update(chunk);
      sampler.take(chunk);
    },
    read: () => ({
      sizeBytes,
      sha256: sha256.digest("hex"),
      md5: md5?.digest("hex") ?? null,
      sample: sampler.sample(),
    }),
  };
}

/**
 * Whether the bytes are those that the provider named: by size, and by SHA-256, or MD5 where it names nothing better.
 * @param announcedBytes the size as far as it is known
 */
export function isIntact(
  file: Pick<DriveFile, "sha256" | "md5">,
  announcedBytes: number | null,
  measured: Measured,
): boolean {
  if (announcedBytes !== null && announcedBytes !== measured.sizeBytes) return false;
  if (file.sha256 !== null) return file.sha256 === measured.sha256;
  return file.md5 === null || file.md5 === measured.md5;
}
