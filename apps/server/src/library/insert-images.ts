import { images, type Queryable } from "../db/index.ts";
import type { NewImage } from "./image.ts";
import { addStoredBytes } from "./usage/usage.ts";

/** PostgreSQL takes 65,535 parameters in a statement; an image needs some twenty. */
const IMAGES_PER_STATEMENT = 500;

/**
 * Makes images visible and counts their bytes. Call it in the transaction that records what made them, after their bytes are durable. An id
 * that is there already is a fault of the caller and fails the transaction.
 */
export async function insertImages(tx: Queryable, newImages: readonly NewImage[]): Promise<void> {
  for (let start = 0; start < newImages.length; start += IMAGES_PER_STATEMENT) {
    await tx.insert(images).values(newImages.slice(start, start + IMAGES_PER_STATEMENT).map(toRow));
  }
  const bytesByTenant = new Map<string, number>();
  for (const { tenantId, sizeBytes } of newImages) {
    bytesByTenant.set(tenantId, (bytesByTenant.get(tenantId) ?? 0) + sizeBytes);
  }
  for (const [tenantId, bytes] of bytesByTenant) await addStoredBytes(tx, tenantId, bytes);
}

function toRow(image: NewImage): typeof images.$inferInsert {
  const { source, sha256, md5, tags, filename, description, ...rest } = image;
  return {
    ...rest,
    filename: withoutNul(filename),
    description: description === null ? null : withoutNul(description),
    tags: [...tags],
    sha256: Buffer.from(sha256, "hex"),
    md5: md5 === null ? null : Buffer.from(md5, "hex"),
    sourceProvider: source?.provider ?? null,
    sourceConnectionId: source?.connectionId ?? null,
    sourceFileId: source?.fileId ?? null,
    sourceRevision: source?.revision ?? null,
  };
}

/** PostgreSQL cannot hold U+0000 in a text, and a provider's name may carry it. */
function withoutNul(text: string): string {
  return text.replaceAll("\u0000", "");
}
