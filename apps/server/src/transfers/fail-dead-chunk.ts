import type { BlobStore } from "../blobs/index.ts";
import type { Database } from "../db/index.ts";
import type { Library } from "../library/index.ts";
import type { ChunkMessage, Queue } from "../queue/index.ts";
import { beginChunk } from "./begin-chunk.ts";
import { itemError } from "./item-errors.ts";
import type { ItemOutcome } from "./item-outcome.ts";
import { chunkWrites } from "./settle-items.ts";
import type { TransferLimits, TransferShape } from "./transfer-limits.ts";

/** Gives up a chunk that lost its worker at every delivery: what is open in it fails, and the job goes on. */
export async function failDeadChunk(
  parts: {
    readonly db: Database;
    readonly queue: Queue;
    readonly library: Library;
    readonly blobs: BlobStore;
    readonly limits: TransferLimits;
    readonly shape: TransferShape;
    readonly now: () => Date;
  },
  message: ChunkMessage,
): Promise<void> {
  const chunk = await beginChunk(parts.db, message, parts.now());
  if (chunk === null) return;
  const error = itemError("worker_lost");
  const outcomes = chunk.items.map(({ position }): ItemOutcome => ({ state: "failed", position, error }));
  await chunkWrites(parts, chunk).settle(outcomes, true);
}
