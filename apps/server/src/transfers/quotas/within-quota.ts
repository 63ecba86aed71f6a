import { and, eq, inArray } from "drizzle-orm";
import { type Transaction, transferItems } from "../../db/index.ts";
import type { Library } from "../../library/index.ts";
import { itemError } from "../item-errors.ts";
import type { ItemOutcome } from "../item-outcome.ts";

/**
 * The outcomes as they may be written: images for which the tenant's storage has no room fail with
 * `storage_quota_exceeded`, in the order of their arrival, and nobody takes the room of the others before the commit.
 * @param params.quotaBytes 0 for no limit
 */
export async function withinQuota(
  tx: Transaction,
  parts: { readonly library: Pick<Library, "lockStoredBytes"> },
  params: {
    readonly job: { readonly tenantId: string; readonly id: string };
    readonly quotaBytes: number;
    readonly outcomes: readonly ItemOutcome[];
  },
): Promise<readonly ItemOutcome[]> {
  const { job, quotaBytes, outcomes } = params;
  if (quotaBytes === 0 || !outcomes.some(({ state }) => state === "imported")) return outcomes;
  const storedBytes = await parts.library.lockStoredBytes(tx, job.tenantId);
  const wantedBytes = outcomes.reduce((sum, outcome) => sum + sizeOf(outcome), 0);
  if (storedBytes + wantedBytes <= quotaBytes) return outcomes;
  // What an answer that got lost has written before has its room already.
  const running = await runningAmong(tx, job, outcomes);
  let leftBytes = quotaBytes - storedBytes;
  return outcomes.map((outcome): ItemOutcome => {
    const bytes = running.has(outcome.position) ? sizeOf(outcome) : 0;
    if (bytes > 0 && bytes > leftBytes) {
      const { position } = outcome;
      return { state: "failed", position, error: itemError("storage_quota_exceeded") };
    }
    leftBytes -= bytes;
    return outcome;
  });
}

function sizeOf(outcome: ItemOutcome): number {
  return outcome.state === "imported" ? outcome.image.sizeBytes : 0;
}

async function runningAmong(
  tx: Transaction,
  job: { readonly tenantId: string; readonly id: string },
  outcomes: readonly ItemOutcome[],
): Promise<ReadonlySet<number>> {
  const positions = outcomes.map(({ position }) => position);
  const rows = await tx
    .select({ position: transferItems.position })
    .from(transferItems)
    .where(
      and(
        eq(transferItems.tenantId, job.tenantId),
        eq(transferItems.jobId, job.id),
        inArray(transferItems.position, positions),
        eq(transferItems.state, "running"),
      ),
    );
  return new Set(rows.map(({ position }) => position));
}
