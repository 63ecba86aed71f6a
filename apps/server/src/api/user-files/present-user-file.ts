import { Provider, type UserFile } from "@driveway/contract";
import type { Image } from "../../library/index.ts";

/** An image as the API tells it. */
export function presentUserFile(image: Image): UserFile {
  const { source, width, height } = image;
  return {
    id: image.id,
    filename: image.filename,
    title: image.title,
    description: image.description,
    description_status: image.descriptionStatus,
    size_bytes: image.sizeBytes,
    media_type: image.mediaType,
    format: image.format,
    dimensions: width === null || height === null ? null : { width, height },
    sha256: image.sha256,
    md5: image.md5,
    tags: [...image.tags],
    collection_id: image.collectionId,
    source:
      source === null
        ? null
        : { provider: Provider.parse(source.provider), file_id: source.fileId, revision: source.revision },
    taken_at: image.takenAt?.toISOString() ?? null,
    created_at: image.createdAt.toISOString(),
  };
}
