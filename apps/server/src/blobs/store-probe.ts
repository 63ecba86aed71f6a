import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { BlobStore } from "./blob-store.ts";

const PROBE_KEY = "probe";
const PROBE_BYTES = 64 * 1024;
const FRESH_MS = 5_000;
const PATIENCE_MS = 2_000;

/** Writes a little into the store and takes it back. Throws `storage_unavailable` when that does not go. */
export async function tryWriting(store: Pick<BlobStore, "stage">): Promise<void> {
  const staged = await store.stage(PROBE_KEY);
  try {
    await pipeline(Readable.from([Buffer.alloc(PROBE_BYTES)]), staged.stream);
  } finally {
    await staged.discard();
  }
}

/**
 * Tells whether the store can be written, as of the last seconds, however often it is asked. A store that does not answer
 * within two seconds cannot, and is not asked again before it does.
 */
export function createStoreProbe(store: Pick<BlobStore, "stage">): () => Promise<boolean> {
  let asking: Promise<boolean> | null = null;
  let known: { readonly canWrite: boolean; readonly atMs: number } | null = null;
  const ask = async (): Promise<boolean> => {
    const canWrite = await tryWriting(store).then(
      () => true,
      () => false,
    );
    known = { canWrite, atMs: performance.now() };
    asking = null;
    return canWrite;
  };
  return async () => {
    if (known !== null && performance.now() - known.atMs < FRESH_MS) return known.canWrite;
    asking ??= ask();
    return within(asking);
  };
}

async function within(answer: Promise<boolean>): Promise<boolean> {
  const { promise: silence, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), PATIENCE_MS);
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}
