import { createHash } from "node:crypto";
import { and, asc, eq, gt } from "drizzle-orm";
import { acrossTenants, images } from "../../db/index.ts";
import { type CheckParts, type Finding, finding } from "./finding.ts";

const IMAGES_PER_LOOK = 500;
const BLOBS_AT_A_TIME = 16;

interface NamedBlob {
  readonly id: string;
  readonly tenantId: string;
  readonly blobKey: string;
  readonly sizeBytes: number;
  readonly sha256: Buffer;
}

/** Every image's blob is there, with the size of the image and, when asked for, its content. */
export async function* checkImages(
  parts: CheckParts,
  { verify }: { readonly verify: boolean },
): AsyncGenerator<Finding> {
  for (let after = ""; ; ) {
    const batch = await readImages(parts, after);
    for (let start = 0; start < batch.length; start += BLOBS_AT_A_TIME) {
      parts.signal.throwIfAborted();
      const some = batch.slice(start, start + BLOBS_AT_A_TIME);
      const found = await Promise.all(some.map((image) => checkBlob(parts, image, verify)));
      yield* found.filter((one) => one !== null);
    }
    const last = batch.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

async function readImages({ db }: CheckParts, after: string): Promise<readonly NamedBlob[]> {
  const { id, tenantId, blobKey, sizeBytes, sha256 } = images;
  return db
    .select({ id, tenantId, blobKey, sizeBytes, sha256 })
    .from(images)
    .where(and(acrossTenants("leftovers"), gt(id, after)))
    .orderBy(asc(id))
    .limit(IMAGES_PER_LOOK);
}

async function checkBlob(parts: CheckParts, image: NamedBlob, verify: boolean): Promise<Finding | null> {
  const found = await compareBlob(parts, image, verify);
  // An image that was deleted meanwhile has lost its blob rightly.
  return found === null || (await isStillThere(parts, image)) ? found : null;
}

async function compareBlob(parts: CheckParts, image: NamedBlob, verify: boolean): Promise<Finding | null> {
  const { id, blobKey, sizeBytes } = image;
  try {
    const actualBytes = await parts.blobs.sizeBytes(blobKey);
    if (actualBytes === null) return finding("blob_missing", id, `Its blob ${blobKey} is not there.`);
    if (actualBytes !== sizeBytes) {
      const sentence = `Its blob ${blobKey} has ${actualBytes} bytes, not ${sizeBytes}.`;
      return finding("blob_wrong_size", id, sentence);
    }
    if (!verify || (await sha256Of(parts, blobKey)).equals(image.sha256)) return null;
    return finding(
      "blob_wrong_content",
      id,
      `Its blob ${blobKey} has another SHA-256 than when it was stored.`,
    );
  } catch (error) {
    parts.signal.throwIfAborted();
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    return finding("blob_unreadable", id, `Its blob ${blobKey} cannot be read (${reason}).`);
  }
}

async function sha256Of({ blobs, signal }: CheckParts, blobKey: string): Promise<Buffer> {
  const hash = createHash("sha256");
  for await (const chunk of await blobs.read(blobKey)) {
    signal.throwIfAborted();
    hash.update(chunk as Buffer);
  }
  return hash.digest();
}

async function isStillThere({ db }: CheckParts, image: NamedBlob): Promise<boolean> {
  const rows = await db
    .select({ id: images.id })
    .from(images)
    .where(and(eq(images.tenantId, image.tenantId), eq(images.id, image.id)));
  return rows.length > 0;
}
