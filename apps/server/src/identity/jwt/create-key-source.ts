import { errors, type JWTVerifyGetKey } from "jose";
import { type Clock, DrivewayError, type Log } from "../../platform/index.ts";
import { type KeySet, readKeySet } from "./read-key-set.ts";

/** A set is read anew after this time, so that a key that was withdrawn stops being good. */
const FRESH_MS = 10 * 60_000;
/** While the address does not answer, the last set stays good this long. */
const STALE_MS = 60 * 60_000;
/** A token with an unknown key id has the set read anew, but not more often than this, since anybody can make one up. */
const COOLDOWN_MS = 30_000;
/** After a failure nothing is tried for this long. */
const RETRY_AFTER_MS = 5_000;

/**
 * The host application's public keys, read when they are first needed and kept. However many requests wait, one reads.
 * The key of a token is found by its `kid`, or without one when the set has a single key of the token's kind; addresses
 * and keys in a token's own header are not looked at (RFC 8725, 3.10).
 * @returns a function that throws {@link DrivewayError} `service_unavailable` when the set cannot be had, so that nobody is told
 *   that their token is wrong when it is not
 */
export function createKeySource(parts: {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
}): JWTVerifyGetKey {
  const { url, clock, log } = parts;
  let held: { readonly keys: KeySet; readonly readAt: number } | null = null;
  let failedAt: number | null = null;
  let reading: Promise<KeySet> | null = null;

  const isYounger = (at: number | null, ms: number) => at !== null && clock.now() - at < ms;

  async function read(): Promise<KeySet> {
    try {
      const keys = await readKeySet(url);
      held = { keys, readAt: clock.now() };
      failedAt = null;
      return keys;
    } catch (cause) {
      failedAt = clock.now();
      log.warn({ err: cause }, "the host application's keys cannot be read");
      throw keysUnavailable(cause);
    } finally {
      reading = null;
    }
  }

  async function refreshed(): Promise<KeySet> {
    if (isYounger(failedAt, RETRY_AFTER_MS)) throw keysUnavailable(undefined);
    reading ??= read();
    return reading;
  }

  async function current(): Promise<KeySet> {
    if (held !== null && isYounger(held.readAt, FRESH_MS)) return held.keys;
    try {
      return await refreshed();
    } catch (error) {
      if (held !== null && isYounger(held.readAt, STALE_MS)) return held.keys;
      throw error;
    }
  }

  return async (header, token) => {
    const keys = await current();
    try {
      return await keys(header, token);
    } catch (error) {
      const isUnknown = error instanceof errors.JWKSNoMatchingKey;
      if (!isUnknown || isYounger(held?.readAt ?? null, COOLDOWN_MS)) throw error;
    }
    return (await refreshed())(header, token);
  };
}

function keysUnavailable(cause: unknown): DrivewayError {
  return new DrivewayError("service_unavailable", "Tokens cannot be checked now; try again in a moment.", {
    details: { retry_after: RETRY_AFTER_MS / 1000 },
    cause,
  });
}
