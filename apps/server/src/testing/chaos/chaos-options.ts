/** How much of what a run has. Sizes in bytes, times in milliseconds. */
export interface ChaosOptions {
  readonly seed: number;
  /** Pictures to import, beside those that cannot be. */
  readonly files: number;
  readonly medianBytes: number;
  /** Of the one large picture. */
  readonly largeBytes: number;
  readonly exports: number;
  /** Workers that are killed, at the most: a run that is over earlier is over. */
  readonly kills: number;
  /** Between two kills, on average. */
  readonly killEveryMs: number;
  /** When a run is given up. */
  readonly limitMs: number;
  /** Orders are placed while the API and PostgreSQL go down too, and repeated under their Idempotency-Key. */
  readonly wildOrders: boolean;
  /** Where the evidence of a failed run stays; a temporary folder that goes when null. */
  readonly keepDirectory: string | null;
  readonly say: (line: string) => void;
}

/** What holds unless told otherwise: the long run. */
export const LONG_RUN: ChaosOptions = {
  seed: 1,
  files: 2000,
  medianBytes: 120_000,
  largeBytes: 200 * 1024 * 1024,
  exports: 500,
  kills: 60,
  killEveryMs: 4000,
  limitMs: 30 * 60_000,
  wildOrders: true,
  keepDirectory: null,
  say: () => undefined,
};

/** Two minutes, for every change. */
export const SHORT_RUN: ChaosOptions = {
  ...LONG_RUN,
  files: 300,
  medianBytes: 60_000,
  largeBytes: 40 * 1024 * 1024,
  exports: 60,
  kills: 10,
  killEveryMs: 3000,
  limitMs: 4 * 60_000,
};
