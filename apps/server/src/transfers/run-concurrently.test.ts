import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import { runConcurrently } from "./run-concurrently.ts";

it("works on every entry once, in order of their beginning, within the limit", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 8 }),
      async (turns, concurrency) => {
        const begun: number[] = [];
        let running = 0;
        let most = 0;
        const entries = turns.map((count, index) => ({ count, index }));
        await runConcurrently(entries, concurrency, async ({ count, index }) => {
          begun.push(index);
          running += 1;
          most = Math.max(most, running);
          for (let left = count; left > 0; left -= 1) await turn();
          running -= 1;
        });
        expect(begun).toEqual(turns.map((_, index) => index));
        expect(most).toBeLessThanOrEqual(concurrency);
      },
    ),
  );
});

it("begins nothing more after a fault, and throws it when what had begun has ended", async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const work = runConcurrently([0, 1, 2, 3, 4], 2, async (entry) => {
    begun.push(entry);
    if (entry === 0) throw new Error("fault");
    await turn();
    ended.push(entry);
  });
  await expect(work).rejects.toThrow("fault");
  expect(begun).toEqual([0, 1]);
  expect(ended).toEqual([1]);
});
