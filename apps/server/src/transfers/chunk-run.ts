import type { BlobStore } from "../blobs/index.ts";
import type { Database } from "../db/index.ts";
import type { Drive, DriveAccess, ProviderProperties } from "../drives/index.ts";
import type { Library } from "../library/index.ts";
import type { Clock, Keyring, Log } from "../platform/index.ts";
import type { Queue } from "../queue/index.ts";
import type { TakenChunk } from "./begin-chunk.ts";
import type { ByteMover } from "./bytes/index.ts";
import type { ItemOutcome } from "./item-outcome.ts";
import type { ItemRow } from "./job.ts";
import type { MovingBytes } from "./moving-bytes.ts";
import type { ChunkNews } from "./write-news.ts";
import type { TransferLimits, TransferShape } from "./transfer-limits.ts";

/** Everything that moving the items of one chunk needs. */
export interface ChunkRun {
  readonly chunk: TakenChunk;
  readonly drive: Drive;
  readonly properties: ProviderProperties;
  readonly db: Database;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly log: Log;
  readonly blobs: BlobStore;
  readonly keyring: Keyring;
  readonly bytes: ByteMover;
  /** Whose drive the bytes are moved from or to. */
  readonly access: DriveAccess;
  readonly moving: MovingBytes;
  readonly library: Library;
  readonly limits: TransferLimits;
  readonly shape: TransferShape;
  readonly signal: AbortSignal;
  /** Writes what was learned of the chunk's files. Ends the work on the chunk when it is not this worker's any more. */
  readonly tell: (news: ChunkNews) => Promise<void>;
  /** Takes work that goes on beside the chunk's and is not part of it. It throws nothing. */
  readonly beside: (work: Promise<void>) => void;
  /** Ends the work because the chunk belongs to another worker by now, or its job has ended; nobody is told of a fault. */
  readonly abandon: (reason: Error) => void;
  /**
   * Runs one item's work, as soon as the process has room for it, and reports what came of it. A refusal of that one
   * file becomes a failed item; what is not about the file alone is thrown.
   * @param bytes what the work will move, when it is known better than the item says
   */
  readonly attempt: (item: ItemRow, work: () => Promise<ItemOutcome>, bytes?: number | null) => Promise<void>;
}
