/** One request that came to the sandbox. The query is left out: it can carry tokens. */
export interface RequestEntry {
  /** What was asked, in the words of Google's reference: "files.list", "files.get.media", "oauth.token". */
  readonly kind: string;
  readonly method: string;
  readonly path: string;
  /** The file that the path names; null when it names none. */
  readonly fileId: string | null;
  /** Who asked; null when nobody in particular did, or the credential was refused. */
  readonly email: string | null;
  readonly clientId: string | null;
  /** Came as a part of a batch. */
  readonly batched: boolean;
  /** What the request cost, in quota units. */
  readonly units: number;
  /** The kind of the fault that was put in its way; null when there was none. */
  readonly fault: string | null;
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Whether the answer is under way, was sent to its end, or broke off before that. */
  readonly outcome: "open" | "sent" | "cut";
  /** Bytes of the bodies, as far as they came and went. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** When the request came, in ms since the epoch by the clock of the sandbox. */
  readonly atMs: number;
}
