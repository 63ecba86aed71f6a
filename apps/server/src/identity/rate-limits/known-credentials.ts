import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Clock } from "../../platform/index.ts";
import type { RateSubject } from "./rate-subject.ts";

const MOST = 10_000;
/** How long a credential that was valid is not counted with the strangers of its address. */
const KNOWN_FOR_MS = 60_000;

/**
 * Credentials that were valid a moment ago, by their fingerprint, with whom they spoke for. They are checked like all others;
 * this says only who is no stranger.
 */
export interface KnownCredentials {
  /** Whose requests a credential's are counted with; null for one that is not known. */
  find(fingerprint: string): RateSubject | null;
  remember(fingerprint: string, subject: RateSubject): void;
  forget(fingerprint: string): void;
}

/** Remembers the last 10,000 good credentials for a minute each, so that a flood from their address does not lock them out. */
export function createKnownCredentials(parts: {
  readonly clock: Clock;
  readonly most?: number;
}): KnownCredentials {
  const { clock, most = MOST } = parts;
  const known = new Map<string, { readonly subject: RateSubject; readonly untilMs: number }>();
  return {
    find(fingerprint) {
      const found = known.get(fingerprint);
      return found !== undefined && found.untilMs > clock.now() ? found.subject : null;
    },
    remember(fingerprint, subject) {
      known.delete(fingerprint);
      known.set(fingerprint, { subject, untilMs: clock.now() + KNOWN_FOR_MS });
      if (known.size <= most) return;
      const [oldest] = known.keys();
      if (oldest !== undefined) known.delete(oldest);
    },
    forget: (fingerprint) => void known.delete(fingerprint),
  };
}

/** SHA-256 of the credential that a request stands or falls with; null when it has none. */
export function fingerprintOf({ authorization, cookie }: IncomingHttpHeaders): string | null {
  const credential = authorization ?? cookie;
  if (credential === undefined) return null;
  const kind = authorization === undefined ? "cookie" : "header";
  return createHash("sha256").update(`${kind} ${credential}`).digest("base64");
}
