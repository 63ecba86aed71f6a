import type { images } from "../db/index.ts";

/** Where an imported image came from. */
interface ImageSource {
  readonly provider: string;
  readonly connectionId: string;
  readonly fileId: string;
  readonly revision: string | null;
}

/** An image that is about to become visible: its bytes rest under `blobKey` already. */
export interface NewImage {
  readonly id: string;
  readonly tenantId: string;
  /** The user it belongs to, by id. */
  readonly createdBy: string;
  /** As the provider or the user had it. Hostile text: never a path, never markup. */
  readonly filename: string;
  readonly description: string | null;
  readonly descriptionStatus: "pending" | "processing" | "completed" | "failed" | "skipped";
  /** By its bytes, not as it was announced. */
  readonly mediaType: string;
  readonly format: string;
  readonly sizeBytes: number;
  readonly width: number | null;
  readonly height: number | null;
  /** Lower hex. */
  readonly sha256: string;
  /** Lower hex; null when it was not computed. */
  readonly md5: string | null;
  readonly tags: readonly string[];
  readonly collectionId: string | null;
  readonly blobKey: string;
  /** Null for an image that was uploaded here. */
  readonly source: ImageSource | null;
  readonly takenAt: Date | null;
}

/** An image of the library. */
export interface Image extends NewImage {
  readonly title: string | null;
  readonly createdAt: Date;
}

type ImageRow = typeof images.$inferSelect;

/** A row of `images` as the image that it stands for. */
export function toImage(row: ImageRow): Image {
  const { sourceProvider, sourceConnectionId, sourceFileId, sourceRevision, sha256, md5, ...rest } = row;
  return {
    ...rest,
    sha256: sha256.toString("hex"),
    md5: md5 === null ? null : md5.toString("hex"),
    source:
      sourceProvider === null || sourceConnectionId === null || sourceFileId === null
        ? null
        : {
            provider: sourceProvider,
            connectionId: sourceConnectionId,
            fileId: sourceFileId,
            revision: sourceRevision,
          },
  };
}
