import type { Library } from "../library/index.ts";
import { DrivewayError } from "../platform/index.ts";

/** @throws {DrivewayError} `collection_not_found` unless the tenant has the collection */
export async function requireCollection(
  parts: { readonly library: Pick<Library, "collectionExists"> },
  tenantId: string,
  id: string,
): Promise<void> {
  if (await parts.library.collectionExists({ tenantId, id })) return;
  throw new DrivewayError("collection_not_found", "There is no such collection.", {
    details: { collection_id: id },
  });
}
