import { and, inArray, isNull, sql } from "drizzle-orm";
import type { BlobEntry, BlobStore } from "../blobs/index.ts";
import { acrossTenants, type Database, images, tenants, transferItems, transferJobs } from "../db/index.ts";

const BLOBS_PER_LOOK = 500;
/** `<tenant>/<time>/<image>`, and what tells the tries for one image apart. Other keys are not ours to judge. */
const IMAGE_KEY = /^([a-z]+_[a-z0-9]+)\/[a-z0-9]+\/(img_[a-z0-9]+)(?:_[a-z0-9]+)?$/;

/** What the search needs. */
export interface OrphanSearch {
  readonly db: Database;
  readonly blobs: BlobStore;
  /** Blobs that are younger are not looked at: they may be about to be named. Milliseconds. */
  readonly graceMs: number;
  /** Milliseconds since 1970, by the clock of the store as good as can be. */
  readonly now: number;
  readonly signal: AbortSignal;
}

interface Candidate {
  readonly key: string;
  readonly sizeBytes: number;
  readonly tenantId: string;
  readonly imageId: string;
}

/**
 * Finds blobs that no image names and that no work under way may still name. Those of a workspace that the database does
 * not know are left out: that is the wrong database rather than a leftover. Memory does not grow with the store.
 */
export async function* findOrphans(search: OrphanSearch): AsyncGenerator<Candidate> {
  const oldest = search.now - search.graceMs;
  let batch: Candidate[] = [];
  for await (const entry of search.blobs.list()) {
    search.signal.throwIfAborted();
    const candidate = entry.modifiedAt.getTime() <= oldest ? candidateOf(entry) : null;
    if (candidate === null) continue;
    batch.push(candidate);
    if (batch.length < BLOBS_PER_LOOK) continue;
    yield* await orphansAmong(search.db, batch);
    batch = [];
  }
  yield* await orphansAmong(search.db, batch);
}

function candidateOf({ key, sizeBytes }: BlobEntry): Candidate | null {
  const [, tenantId, imageId] = IMAGE_KEY.exec(key) ?? [];
  return tenantId === undefined || imageId === undefined ? null : { key, sizeBytes, tenantId, imageId };
}

async function orphansAmong(db: Database, batch: readonly Candidate[]): Promise<readonly Candidate[]> {
  const suspects = await withoutImage(db, batch);
  if (suspects.length === 0) return [];
  const known = await knownTenants(db, suspects);
  const underWay = await openImageIds(db, suspects);
  const left = suspects.filter(({ tenantId, imageId }) => known.has(tenantId) && !underWay.has(imageId));
  // What was under way at the first look may have been settled before the second.
  return withoutImage(db, left);
}

async function withoutImage(db: Database, batch: readonly Candidate[]): Promise<readonly Candidate[]> {
  if (batch.length === 0) return [];
  const keys = batch.map(({ key }) => key);
  const rows = await db
    .select({ blobKey: images.blobKey })
    .from(images)
    .where(and(acrossTenants("leftovers"), sql`${images.blobKey} = any(${sql.param(keys)}::text[])`));
  const named = new Set(rows.map(({ blobKey }) => blobKey));
  return batch.filter(({ key }) => !named.has(key));
}

async function knownTenants(db: Database, suspects: readonly Candidate[]): Promise<ReadonlySet<string>> {
  const ids = [...new Set(suspects.map(({ tenantId }) => tenantId))];
  const rows = await db
    .select({ id: tenants.id })
    .from(tenants)
    .where(and(acrossTenants("leftovers"), inArray(tenants.id, ids)));
  return new Set(rows.map(({ id }) => id));
}

async function openImageIds(db: Database, suspects: readonly Candidate[]): Promise<ReadonlySet<string>> {
  const tenantIds = [...new Set(suspects.map(({ tenantId }) => tenantId))];
  const imageIds = suspects.map(({ imageId }) => imageId);
  const rows = await db
    .select({ imageId: transferItems.imageId })
    .from(transferJobs)
    .innerJoin(
      transferItems,
      and(
        sql`${transferItems.tenantId} = ${transferJobs.tenantId}`,
        sql`${transferItems.jobId} = ${transferJobs.id}`,
      ),
    )
    .where(
      and(
        acrossTenants("leftovers"),
        inArray(transferJobs.tenantId, tenantIds),
        isNull(transferJobs.completedAt),
        inArray(transferItems.state, ["pending", "running"]),
        sql`${transferItems.imageId} = any(${sql.param(imageIds)}::text[])`,
      ),
    );
  return new Set(rows.map(({ imageId }) => imageId));
}
