import type { ChunkRun } from "./chunk-run.ts";
import { describeAhead } from "./describe-ahead.ts";
import { itemError } from "./item-errors.ts";
import type { ItemOutcome } from "./item-outcome.ts";
import { moveImportItem } from "./move-import-item.ts";
import type { ItemPlan } from "./plan-item.ts";
import { planItems } from "./plan-items.ts";
import { removeTries } from "./remove-tries.ts";
import { runConcurrently } from "./run-concurrently.ts";

/**
 * Decides about every item before a byte is read, settles those whose end is known by that, and moves the others' bytes. While
 * they move, the next chunk of the job is described, so that nobody who takes it waits for that.
 */
export async function runImportChunk(run: ChunkRun): Promise<void> {
  const { chunk, drive, bytes, access, moving, signal, limits } = run;
  const parts = {
    drive,
    bytes,
    access,
    moving,
    maxFileBytes: limits.maxFileBytes,
    idleMs: limits.transferIdleTimeoutMs,
    exportAs: run.properties.exportAs,
  };
  if (chunk.fencingToken > 1) await removeEarlierTries(run);
  const { news, plans } = await planItems(run, chunk, signal);
  if (news.facts.length + news.folders.length > 0) await run.tell(news);
  run.beside(describeAhead(run));
  const isOpen = ({ position }: { readonly position: number }) => plans.get(position)?.kind !== "expand";
  const mustMove = ({ position }: { readonly position: number }) => plans.get(position)?.kind === "fetch";
  const items = chunk.items.filter(isOpen).toSorted((a, b) => Number(mustMove(a)) - Number(mustMove(b)));
  await runConcurrently(items, run.shape.chunkConcurrency, (item) => {
    const plan = plans.get(item.position);
    const work = async (): Promise<ItemOutcome> => {
      if (plan?.kind === "settle") return plan.outcome;
      if (plan?.kind !== "fetch") throw faultOf(plan);
      const { file } = plan;
      if (!(await hasRoomFor(run, file.sizeBytes))) {
        return { state: "failed", position: item.position, error: itemError("storage_quota_exceeded") };
      }
      const { job, fencingToken } = chunk;
      return moveImportItem(parts, { job, item, file, fencingToken }, signal);
    };
    return run.attempt(item, work, plan?.kind === "fetch" ? plan.file.sizeBytes : 0);
  });
}

function faultOf(plan: ItemPlan | undefined): Error {
  return plan?.kind === "fault" ? plan.error : new Error("nothing was decided about the item");
}

/** Spares the bytes of a file that will not fit; whether it does is settled with its image. */
async function hasRoomFor(run: ChunkRun, sizeBytes: number | null): Promise<boolean> {
  const quotaBytes = run.limits.storageQuotaBytes;
  if (quotaBytes === 0) return true;
  const storedBytes = await run.library.readStoredBytes(run.chunk.job.tenantId);
  return storedBytes + (sizeBytes ?? 0) <= quotaBytes;
}

/** Blobs that a lost worker made durable and could not settle; nobody can write their items under its token any more. */
async function removeEarlierTries({ blobs, chunk }: ChunkRun): Promise<void> {
  const imageIds = chunk.items.map(({ imageId }) => imageId);
  await removeTries(blobs, { tenantId: chunk.job.tenantId, imageIds });
}
