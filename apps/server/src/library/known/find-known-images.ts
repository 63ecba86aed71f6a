import { sql } from "drizzle-orm";
import type { Queryable } from "../../db/index.ts";

/** What is known of a file whose image may be in the library already. */
export interface FileTraits {
  /** The caller's own mark of the file. */
  readonly key: number;
  /** Null when only the content is to be compared. */
  readonly source: { readonly provider: string; readonly fileId: string; readonly revision: string } | null;
  /** Lower hex; null when nobody named it. */
  readonly sha256: string | null;
}

/** An image that is there already. */
export interface KnownImage {
  readonly id: string;
  /** Lower hex. */
  readonly sha256: string;
  readonly blobKey: string;
}

/**
 * Finds the images of the tenant that came from the same revision of the same file, or have the same content; the
 * oldest where there are several. One statement however many files there are.
 * @returns the images by the files' marks; a file without one is left out
 */
export async function findKnownImages(
  db: Queryable,
  wanted: { readonly tenantId: string; readonly files: readonly FileTraits[] },
): Promise<ReadonlyMap<number, KnownImage>> {
  const { tenantId } = wanted;
  const files = wanted.files.filter(({ source, sha256 }) => source !== null || sha256 !== null);
  if (files.length === 0) return new Map();
  const { rows } = await db.execute<{ key: number } & KnownImage & Record<string, unknown>>(sql`
    select distinct on (file.key) file.key, image.id, encode(image.sha256, 'hex') as sha256,
      image.blob_key as "blobKey"
    from unnest(
      ${sql.param(files.map(({ key }) => key))}::int[],
      ${sql.param(files.map(({ source }) => source?.provider ?? null))}::text[],
      ${sql.param(files.map(({ source }) => source?.fileId ?? null))}::text[],
      ${sql.param(files.map(({ source }) => source?.revision ?? null))}::text[],
      ${sql.param(files.map(({ sha256 }) => sha256))}::text[]
    ) as file (key, provider, file_id, revision, sha256)
    cross join lateral (
      select id, sha256, blob_key, created_at from images
      where images.tenant_id = ${tenantId} and images.source_provider = file.provider
        and images.source_file_id = file.file_id and images.source_revision = file.revision
      union all
      select id, sha256, blob_key, created_at from images
      where images.tenant_id = ${tenantId} and images.sha256 = decode(file.sha256, 'hex')
    ) as image
    order by file.key, image.created_at, image.id`);
  return new Map(rows.map(({ key, id, sha256, blobKey }) => [key, { id, sha256, blobKey }]));
}
