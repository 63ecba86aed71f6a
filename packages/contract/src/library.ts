import { z } from "zod";
import { CollectionId, ImageId, PlainText, Provider, Timestamp } from "./ids.ts";

export const Tags = z.array(PlainText(100)).max(100);

/** An image of the library. */
export const UserFile = z
  .object({
    id: ImageId,
    filename: z.string(),
    title: z.string().nullable(),
    description: z.string().nullable(),
    description_status: z.enum(["pending", "processing", "completed", "failed", "skipped"]),
    size_bytes: z.int(),
    media_type: z.string(),
    format: z.string(),
    dimensions: z.object({ width: z.int(), height: z.int() }).nullable(),
    sha256: z.string(),
    md5: z.string().nullable(),
    tags: z.array(z.string()),
    collection_id: CollectionId.nullable(),
    source: z
      .object({ provider: Provider, file_id: z.string(), revision: z.string().nullable() })
      .nullable()
      .meta({ description: "Where the image came from; null when it was uploaded here." }),
    taken_at: Timestamp.nullable().meta({ description: "When the picture was taken, by its EXIF." }),
    created_at: Timestamp,
  })
  .meta({ id: "UserFile" });
export type UserFile = z.infer<typeof UserFile>;

export const ListUserFilesQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
  collection_id: CollectionId.optional(),
});

export const ListUserFilesReply = z
  .object({
    files: z.array(UserFile),
    limit: z.int(),
    offset: z.int(),
    total_count: z.int(),
    has_more: z.boolean(),
  })
  .meta({ id: "ListUserFilesReply" });

export const UserFilePath = z.strictObject({ id: ImageId });

export const Collection = z
  .object({ id: CollectionId, name: z.string(), image_count: z.int(), created_at: Timestamp })
  .meta({ id: "Collection" });
export type Collection = z.infer<typeof Collection>;

export const CreateCollectionRequest = z
  .strictObject({ name: PlainText(200) })
  .meta({ id: "CreateCollectionRequest" });

export const CollectionPath = z.strictObject({ id: CollectionId });

export const CollectionReply = z.object({ collection: Collection }).meta({ id: "CollectionReply" });

export const ListCollectionsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: CollectionId.optional(),
});

export const ListCollectionsReply = z
  .object({ collections: z.array(Collection), next_cursor: z.string().nullable() })
  .meta({ id: "ListCollectionsReply" });
