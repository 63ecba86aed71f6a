import { setTimeout as delay } from "node:timers/promises";
import type { ItemOutcome } from "./item-outcome.ts";
import type { ChunkWrites } from "./settle-items.ts";

/** As many outcomes are written at once, or those of as many milliseconds. */
const GROUP_SIZE = 16;
const GROUP_MS = 50;

/** Collects the outcomes of a chunk and writes them in groups. */
export interface OutcomeCollector {
  /** Takes an outcome. It is written soon, with others. */
  add(outcome: ItemOutcome): void;
  /**
   * Writes what is left. With `settleChunk` the chunk is settled in the same transaction.
   * @returns false when the chunk belongs to another worker by now
   */
  finish(settleChunk: boolean): Promise<boolean>;
}

/**
 * Writes groups one after another. A write that fails, or finds the chunk lost, ends the chunk's work through `abort`;
 * `finish` throws what the write threw.
 */
export function createOutcomeCollector(params: {
  readonly writes: ChunkWrites;
  readonly abort: (reason: Error) => void;
}): OutcomeCollector {
  let collected: ItemOutcome[] = [];
  let writing: Promise<void> | null = null;
  let isLost = false;
  let fault: { readonly error: unknown } | null = null;
  let hurry = new AbortController();

  const write = async (isLast: boolean): Promise<void> => {
    const group = collected;
    collected = [];
    if (fault !== null || (group.length === 0 && !isLast)) return;
    try {
      if (!isLost && (await params.writes.settle(group, isLast))) return;
      if (!isLost) params.abort(new Error("the chunk went to another worker, or its job has ended"));
      isLost = true;
      await params.writes.drop(group);
    } catch (error) {
      fault = { error };
      params.abort(new Error("the outcomes could not be written", { cause: error }));
    }
  };

  const writeGroups = async (): Promise<void> => {
    while (collected.length > 0 && !isLost && fault === null) {
      if (collected.length < GROUP_SIZE) {
        await delay(GROUP_MS, undefined, { signal: hurry.signal }).catch(() => undefined);
      }
      await write(false);
    }
    writing = null;
  };

  return {
    add(outcome) {
      collected.push(outcome);
      if (collected.length >= GROUP_SIZE) {
        hurry.abort();
        hurry = new AbortController();
      }
      writing ??= writeGroups();
    },
    async finish(settleChunk) {
      // What waits for company is taken by the last write, unless a write is under way.
      const last = collected;
      collected = [];
      hurry.abort();
      await writing;
      collected = [...last, ...collected];
      await write(settleChunk);
      const end = fault as { readonly error: unknown } | null;
      if (end !== null) throw end.error;
      return !isLost;
    },
  };
}
