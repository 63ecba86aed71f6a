const KEPT = 100;

/** Promises that were found broken. */
export interface Violations {
  readonly found: readonly string[];
  /** Counts one; the same words are kept once. */
  add(sentence: string): void;
}

export function createViolations(): Violations {
  const found = new Set<string>();
  return {
    get found() {
      return [...found];
    },
    add(sentence) {
      if (found.size < KEPT) found.add(sentence);
    },
  };
}
