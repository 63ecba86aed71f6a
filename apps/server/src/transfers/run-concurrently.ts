/**
 * Runs `work` over all entries, at most `concurrency` at a time, in their order. The first fault keeps the rest from
 * beginning; it is thrown when what had begun has ended.
 */
export async function runConcurrently<Entry>(
  entries: readonly Entry[],
  concurrency: number,
  work: (entry: Entry) => Promise<void>,
): Promise<void> {
  const queue = entries.values();
  let fault: { readonly error: unknown } | null = null;
  const takeTurns = async (): Promise<void> => {
    for (const entry of queue) {
      try {
        await work(entry);
      } catch (error) {
        fault ??= { error };
      }
      if (fault !== null) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, entries.length) }, takeTurns));
  const end = fault as { readonly error: unknown } | null;
  if (end !== null) throw end.error;
}
