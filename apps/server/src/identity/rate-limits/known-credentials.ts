import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Clock } from "../../platform/index.ts";

const MOST = 10_000;
/** How long a credential that was valid is not counted with the strangers of its address. */
const KNOWN_FOR_MS = 60_000;

/**
 * Credentials that were valid a moment ago, by their fingerprint. They are checked like all others; this says only who is no
 * stranger.
 */
export interface KnownCredentials {
  isKnown(fingerprint: string): boolean;
  remember(fingerprint: string): void;
  forget(fingerprint: string): void;
}

/** Remembers the last 10,000 good credentials for a minute each, so that a flood from their address does not lock them out. */
export function createKnownCredentials(parts: {
  readonly clock: Clock;
  readonly most?: number;
}): KnownCredentials {
  const { clock, most = MOST } = parts;
  const until = new Map<string, number>();
  return {
    isKnown: (fingerprint) => (until.get(fingerprint) ?? 0) > clock.now(),
    remember(fingerprint) {
      until.delete(fingerprint);
      until.set(fingerprint, clock.now() + KNOWN_FOR_MS);
      const [oldest] = until.keys();
      if (until.size > most && oldest !== undefined) until.delete(oldest);
    },
    forget: (fingerprint) => void until.delete(fingerprint),
  };
}

/** SHA-256 of the credential that a request stands or falls with; null when it has none. */
export function fingerprintOf({ authorization, cookie }: IncomingHttpHeaders): string | null {
  const credential = authorization ?? cookie;
  if (credential === undefined) return null;
  const kind = authorization === undefined ? "cookie" : "header";
  return createHash("sha256").update(`${kind} ${credential}`).digest("base64");
}
