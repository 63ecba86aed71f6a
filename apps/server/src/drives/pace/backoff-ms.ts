/** How pauses grow. */
export interface BackoffShape {
  /** Bound of the first pause; it doubles from pause to pause. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** No pause is shorter; 0 when left out. */
  readonly leastMs?: number;
}

/**
 * How long to wait after so many failures in a row: exponential backoff with full jitter, on top of what the provider
 * asked for.
 * @param facts.failures from 1
 * @param facts.random from 0 to 1
 */
export function backoffMs(
  shape: BackoffShape,
  facts: { readonly failures: number; readonly random: number; readonly retryAfterMs?: number | null },
): number {
  const { firstMs, longestMs, leastMs = 0 } = shape;
  const bound = Math.min(longestMs, firstMs * 2 ** Math.min(facts.failures - 1, 30));
  return Math.max(leastMs, facts.retryAfterMs ?? 0) + Math.round(facts.random * bound);
}
