/** Time as the pacer has it, so that tests can let it run faster. */
export interface PaceTimers {
  /** Milliseconds that never run backwards. */
  now(): number;
  /** Runs it once, later; the result takes it back. */
  after(delayMs: number, run: () => void): () => void;
}

export const systemTimers: PaceTimers = {
  now: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
