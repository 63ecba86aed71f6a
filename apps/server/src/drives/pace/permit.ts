/** What a call is for, which decides who goes first and who may burst. */
export type DriveWork =
  /** Somebody waits for this very answer. */
  | { readonly kind: "interactive" }
  /** A few files that somebody waits for. */
  | { readonly kind: "small" }
  /** Quota units that the whole piece of work still needs; Infinity or null when nobody knows. */
  | { readonly kind: "bulk"; readonly unitsLeft: number | null };

/** One call to the provider that is to be made. Plain data. */
export interface PaceRequest {
  readonly units: number;
  readonly work: DriveWork;
  /** Uploads have limits of their own. */
  readonly isUpload: boolean;
}

/** What came of a call; plain data, and so a {@link DriveError} is one. */
export type PaceOutcome =
  | "ok"
  /** It was given up by our own side, so it says nothing of the provider. */
  | "dropped"
  | {
      readonly kind: string;
      readonly reason: string;
      readonly status: number | null;
      readonly retryAfterMs: number | null;
      readonly rateLimited: boolean;
      readonly timedOut: boolean;
    };

/** The right to make one call. */
export interface Permit {
  /** The provider has begun to answer, and bytes will go on coming. May be left out. */
  answered(): void;
  /** The call is over. Later calls change nothing. */
  settle(outcome: PaceOutcome): void;
}

/**
 * The pace of one account. Requests and outcomes are plain data, so that another thread can ask over a port.
 */
export interface AccountPace {
  /**
   * Waits until the call may be made.
   * @throws {DriveError} `try_later`: rate limited with `retryAfterMs` when an interactive call would wait too long; with
   *   `pauseMs` during an outage of the provider, at the upload limit of a day, and when the provider wants to be left
   *   alone for longer than background work should wait. An abort throws the signal's reason.
   */
  acquire(request: PaceRequest, signal?: AbortSignal): Promise<Permit>;
}

/** An account at a provider, as one OAuth client sees it. */
export interface PacedAccount {
  readonly oauthClientId: string;
  readonly providerUserId: string;
}
