import { DrivewayError } from "../../platform/index.ts";

/** Runs costly work, a few pieces at a time. */
export type BoundedWork = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Bounds how much of some work a process does at once, for a password hash needs 32 MiB of memory and all of a core.
 * @param params.most pieces at a time
 * @param params.waiting pieces that may wait for their turn; what comes beyond is refused with `overloaded`
 */
export function boundedWork({ most, waiting }: { most: number; waiting: number }): BoundedWork {
  const queue: (() => void)[] = [];
  let running = 0;

  async function turn(): Promise<void> {
    if (running < most) {
      running += 1;
      return;
    }
    if (queue.length >= waiting) {
      throw new DrivewayError(
        "overloaded",
        "Too many people sign in at this moment. Try again in a second.",
        {
          details: { retry_after: 1 },
        },
      );
    }
    // Whoever ends hands their place over, so that the number of those at work stays.
    await new Promise<void>((resolve) => queue.push(resolve));
  }

  return async (work) => {
    await turn();
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
