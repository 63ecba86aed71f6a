import { randomBytes } from "node:crypto";
import { uploadSessionNotFound } from "../errors.ts";
import type { UploadSession } from "./upload-session.ts";

/** A session ends a week after it was last used. */
const LIFETIME_MS = 7 * 24 * 60 * 60 * 1000;

/** What makes a session's address a secret: whoever has both may upload. */
export interface SessionKey {
  readonly uploadId: string;
  readonly sessionCredential: string;
}

/**
 * The resumable uploads under way, and those that ended less than a week ago. Bytes that came lie in memory until the
 * upload ends, is cancelled or expires; they are not kept on disk, so that restarting the sandbox loses sessions.
 */
export class UploadSessions {
  readonly #now: () => number;
  /** In the order of their last use. */
  readonly #sessions = new Map<string, { readonly session: UploadSession; readonly usedAtMs: number }>();

  constructor({ now }: { now: () => number }) {
    this.#now = now;
  }

  /** Takes a session in, and gives the key under which it is found again. */
  open(session: UploadSession): SessionKey {
    this.#dropExpired();
    const key = {
      uploadId: `AB${randomBytes(73).toString("base64url")}`,
      sessionCredential: randomBytes(64).toString("base64url"),
    };
    this.#sessions.set(nameOf(key), { session, usedAtMs: this.#now() });
    return key;
  }

  /** Finds a session and notes that it is in use. Throws `lostStatus` when there is none, or no longer. */
  use(key: SessionKey, { lostStatus }: { lostStatus: 404 | 410 }): UploadSession {
    this.#dropExpired();
    const name = nameOf(key);
    const found = this.#sessions.get(name);
    if (found === undefined) throw uploadSessionNotFound(lostStatus);
    this.#sessions.delete(name);
    this.#sessions.set(name, { session: found.session, usedAtMs: this.#now() });
    return found.session;
  }

  /** Looks at a session without using it; null when there is none. */
  find(key: SessionKey): UploadSession | null {
    return this.#sessions.get(nameOf(key))?.session ?? null;
  }

  #dropExpired(): void {
    const nowMs = this.#now();
    for (const [name, { usedAtMs }] of this.#sessions) {
      if (usedAtMs + LIFETIME_MS > nowMs) return;
      this.#sessions.delete(name);
    }
  }
}

function nameOf({ uploadId, sessionCredential }: SessionKey): string {
  return `${uploadId} ${sessionCredential}`;
}
