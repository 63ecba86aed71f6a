import { and, eq, inArray, sql } from "drizzle-orm";
import { type Database, type Transaction, uploadSessions } from "../db/index.ts";
import type { UploadSession, UploadState } from "../drives/index.ts";
import { type Clock, type Keyring, type SealedPlace, UnsealError } from "../platform/index.ts";
import type { TakenChunk } from "./begin-chunk.ts";

/** Google keeps a session for a week; so do we. */
const SESSION_LIFETIME_MS = 7 * 24 * 60 * 60 * 1000;

/** What an upload under way is of. It is sealed with the address, so that the session of other bytes is not taken up. */
interface Content {
  readonly fileId: string;
  readonly revises: boolean;
  readonly sizeBytes: number;
  /** Of all the bytes, lower hex. */
  readonly sha256: string;
}

/**
 * Keeps the resumable upload of one item in the database, so that after a crash another worker goes on with it. The
 * address is sealed. Only whoever holds the chunk can write: anybody else abandons it, and `save` throws.
 * @param params.chunk the chunk as it was taken
 */
export function keepUploadSession(
  parts: {
    readonly db: Database;
    readonly keyring: Keyring;
    readonly clock: Clock;
    readonly abandon: (reason: Error) => void;
  },
  params: { readonly chunk: TakenChunk; readonly position: number; readonly content: Content },
): UploadSession {
  const { db, keyring, clock } = parts;
  const { chunk, content } = params;
  const { tenantId, id: jobId } = chunk.job;
  const id = sessionIdOf(jobId, params.position);
  const place = { table: "upload_sessions", column: "address_sealed", tenantId, rowId: id };
  const isRow = and(eq(uploadSessions.tenantId, tenantId), eq(uploadSessions.id, id));
  const drop = async () => {
    await db.delete(uploadSessions).where(isRow);
  };
  return {
    drop,
    async load() {
      const [row] = await db.select().from(uploadSessions).where(isRow);
      if (row === undefined) return null;
      const isFresh = row.createdAt.getTime() > clock.now() - SESSION_LIFETIME_MS;
      const address = isFresh ? openAddress(keyring, row.addressSealed, { place, content }) : null;
      if (address === null) await drop();
      return address === null ? null : { address, confirmedBytes: row.confirmedBytes };
    },
    async save(state) {
      const sealed = keyring.seal(JSON.stringify({ ...content, address: state.address }), place);
      if (await write(db, chunk, { id, sealed, state, now: new Date(clock.now()) })) return;
      const reason = new Error("the upload belongs to another worker by now, or its job has ended");
      parts.abandon(reason);
      throw reason;
    },
  };
}

/** Removes the sessions of items that have ended. */
export async function dropUploadSessions(
  tx: Transaction,
  ended: { readonly tenantId: string; readonly jobId: string; readonly positions: readonly number[] },
): Promise<void> {
  const ids = ended.positions.map((position) => sessionIdOf(ended.jobId, position));
  await tx
    .delete(uploadSessions)
    .where(and(eq(uploadSessions.tenantId, ended.tenantId), inArray(uploadSessions.id, ids)));
}

function sessionIdOf(jobId: string, position: number): string {
  return `${jobId}:${position}`;
}

/** Null when it is of other bytes, or does not open: then nothing is lost but what was sent so far. */
function openAddress(
  keyring: Keyring,
  sealed: string,
  { place, content }: { readonly place: SealedPlace; readonly content: Content },
): string | null {
  try {
    const { address, ...kept } = JSON.parse(keyring.open(sealed, place)) as Content & { address: string };
    const isSame = (Object.keys(content) as (keyof Content)[]).every((key) => kept[key] === content[key]);
    return isSame ? address : null;
  } catch (error) {
    if (error instanceof UnsealError) return null;
    throw error;
  }
}

async function write(
  db: Database,
  { job, chunkNumber, fencingToken }: TakenChunk,
  row: { readonly id: string; readonly sealed: string; readonly state: UploadState; readonly now: Date },
): Promise<boolean> {
  const now = row.now.toISOString();
  const written = await db.execute(sql`
    insert into upload_sessions as kept (id, tenant_id, job_id, address_sealed, confirmed_bytes, created_at)
    select ${row.id}, chunk.tenant_id, chunk.job_id, ${row.sealed}, ${row.state.confirmedBytes}::bigint,
      ${now}::timestamptz
    from transfer_chunks chunk
    where chunk.tenant_id = ${job.tenantId} and chunk.job_id = ${job.id} and chunk.number = ${chunkNumber}
      and chunk.state = 'released' and chunk.fencing_token = ${fencingToken}
    on conflict (id) do update set address_sealed = excluded.address_sealed,
      confirmed_bytes = excluded.confirmed_bytes,
      created_at = case when excluded.confirmed_bytes = 0 then excluded.created_at else kept.created_at end
    where kept.tenant_id = ${job.tenantId}`);
  return (written.rowCount ?? 0) > 0;
}
