/** An answer that is an error, in place of the real one; the request has no effect. */
export interface StatusFault {
  readonly kind: "status";
  /** From 400 to 599. Left out, it follows from the reason. */
  readonly status?: number | undefined;
  /** `errors[0].reason` at Drive, `error` at the OAuth endpoints. Left out, it follows from the status. */
  readonly reason?: string | undefined;
  /** `error_description` at the OAuth endpoints, the message at Drive. */
  readonly message?: string | undefined;
  /** `error_subtype`, as with `invalid_rapt`; OAuth endpoints only. */
  readonly subtype?: string | undefined;
  /** "json" when left out. Google's 5xx come with a page or with nothing as well. */
  readonly body?: "json" | "html" | "empty" | undefined;
  /** What Retry-After says, up to 315,360,000 (ten years); left out, there is no such header. */
  readonly retryAfterSeconds?: number | undefined;
  /** Writes Retry-After as a date, by the clock of the sandbox; false when left out. */
  readonly retryAfterAsDate?: boolean | undefined;
}

/** A sign-in page with status 200 in place of the answer; the request has no effect. */
export interface HtmlFault {
  readonly kind: "html";
}

/** The connection is reset; with neither number, when the request comes, which then has no effect. */
export interface ResetFault {
  readonly kind: "reset";
  /** After so many bytes of the answer's body. Of a body that is no longer than that, all but the last byte comes. */
  readonly afterBytes?: number | undefined;
  /** After so many bytes of the request's body, or all of it; not together with `afterBytes`. */
  readonly afterRequestBytes?: number | undefined;
}

/** Nothing more comes: for ever, which is until the client leaves, or for a while. */
export interface StallFault {
  readonly kind: "stall";
  /**
   * After so many bytes of the answer's body, or all but the last one. Left out, before the first byte of the answer, in
   * which case the request is not looked at meanwhile.
   */
  readonly afterBytes?: number | undefined;
  /** For how long, in ms; for ever when left out. */
  readonly forMs?: number | undefined;
}

/** The request is taken and never answered, nor carried out; a stall for ever. */
export interface NeverFault {
  readonly kind: "never";
}

/** The connection ends in order, short of what Content-Length promised. */
export interface TruncateFault {
  readonly kind: "truncate";
  /** After so many bytes of the answer's body, or all but the last one. */
  readonly afterBytes: number;
}

/** Content-Length is wrong, and the connection ends after the body; or it is missing, and the body chunked. */
export interface WrongLengthFault {
  readonly kind: "wrongLength";
  /** So many bytes more (or fewer) than the body has; Content-Length is missing when left out. */
  readonly byBytes?: number | undefined;
}

/** One bit of the answer's body differs. */
export interface FlipByteFault {
  readonly kind: "flipByte";
  /** In this byte, counted from 0; in one that follows from the seed when left out. Behind the end there is no hit. */
  readonly atByte?: number | undefined;
}

/** The request is carried out, and the connection reset before the first byte of the answer. */
export interface LostAnswerFault {
  readonly kind: "lostAnswer";
}

/** A body goes no faster than this. */
export interface SlowFault {
  readonly kind: "slow";
  /** At least 1. */
  readonly bytesPerSecond: number;
  /** Whose body; that of the answer when left out. */
  readonly of?: "answer" | "request" | undefined;
}

/** The request waits before it is looked at. Latencies of several rules add up, and do not keep other faults away. */
export interface LatencyFault {
  readonly kind: "latency";
  /** For how long, in ms. */
  readonly ms: number;
  /** Is added, evenly from 0 up to this, in ms; 0 when left out. */
  readonly jitterMs?: number | undefined;
  /** "even" when left out. With "lognormal" the time is drawn around `ms` as the median. */
  readonly distribution?: "even" | "lognormal" | undefined;
}

/** A download is sent to an address of its own at another host, which serves the bytes without a credential. */
export interface RedirectFault {
  readonly kind: "redirect";
  /** 302 when left out. */
  readonly status?: 302 | 307 | undefined;
}

/** The 308 of a resumable upload comes without its Range header, as if nothing were held. */
export interface WithholdFault {
  readonly kind: "withhold";
}

/** A part of a chunk is kept, in whole units of 256 KiB; the Range of the 308 says how far. */
export interface PartialPersistFault {
  readonly kind: "partialPersist";
  /** No more than so many bytes. */
  readonly keptBytes: number;
}

/** What can be put in the way of a request. */
export type Fault =
  | StatusFault
  | HtmlFault
  | ResetFault
  | StallFault
  | NeverFault
  | TruncateFault
  | WrongLengthFault
  | FlipByteFault
  | LostAnswerFault
  | SlowFault
  | LatencyFault
  | RedirectFault
  | WithholdFault
  | PartialPersistFault;
