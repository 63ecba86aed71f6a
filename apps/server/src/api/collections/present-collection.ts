import type { Collection as CollectionReply } from "@driveway/contract";
import type { Collection } from "../../library/index.ts";

/** A collection as the API tells it. */
export function presentCollection(collection: Collection): CollectionReply {
  return {
    id: collection.id,
    name: collection.name,
    image_count: collection.imageCount,
    created_at: collection.createdAt.toISOString(),
  };
}
