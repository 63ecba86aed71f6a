/** What was done in a while. */
export interface Done {
  readonly times: number;
  /** The sum of what the work gave. */
  readonly amount: number;
  readonly seconds: number;
}

/**
 * Does work again and again, in so many places at once, until the time is over.
 *
 * @param makeWorker makes the worker of a place, which does the work once and gives how much it was
 * @param forMs for how long; work that is under way by then is finished and counted
 */
export async function atOnce(
  places: number,
  forMs: number,
  makeWorker: (place: number) => () => Promise<number>,
): Promise<Done> {
  const beganMs = performance.now();
  let times = 0;
  let amount = 0;
  const keepOn = async (work: () => Promise<number>) => {
    while (performance.now() - beganMs < forMs) {
      const done = await work();
      amount += done;
      times += 1;
    }
  };
  await Promise.all(Array.from({ length: places }, (_, place) => keepOn(makeWorker(place))));
  return { times, amount, seconds: (performance.now() - beganMs) / 1000 };
}
