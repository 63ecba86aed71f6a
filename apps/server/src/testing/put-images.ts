import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createDiskBlobStore } from "../blobs/index.ts";
import { type Database, images } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { newId } from "../platform/index.ts";

type ImageFacts = Partial<typeof images.$inferInsert>;

/**
 * Puts images into a library, bytes and rows, without an import.
 * @param params.facts what their rows say besides
 * @returns their ids, in the order of the bytes
 */
export async function putImages(
  world: { readonly db: Database; readonly blobDirectory: string },
  params: {
    readonly principal: Principal;
    readonly contents: readonly Buffer[];
    readonly facts?: ImageFacts;
  },
): Promise<string[]> {
  const { tenantId, userId } = params.principal;
  const blobs = createDiskBlobStore({ directory: world.blobDirectory });
  const rows = params.contents.map((content, index) => {
    const id = newId("img");
    return {
      id,
      tenantId,
      createdBy: userId,
      filename: `image ${index}.jpg`,
      descriptionStatus: "skipped" as const,
      mediaType: "image/jpeg",
      format: "jpeg",
      sizeBytes: content.length,
      sha256: createHash("sha256").update(content).digest(),
      blobKey: `${tenantId}/put/${id}`,
      ...params.facts,
    };
  });
  for (const [index, row] of rows.entries()) {
    const staged = await blobs.stage(row.blobKey);
    await pipeline(Readable.from([params.contents[index] ?? Buffer.alloc(0)]), staged.stream);
    await staged.commit();
  }
  await world.db.insert(images).values(rows);
  return rows.map(({ id }) => id);
}
