import { z } from "zod";

const Bytes = z.int().min(0);
const Milliseconds = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);

/** An answer that is an error, in place of the real one; the request has no effect. */
const StatusFault = z.strictObject({
  kind: z.literal("status"),
  /** Left out, it follows from the reason. */
  status: z.int().min(400).max(599).optional(),
  /** `errors[0].reason` at Drive, `error` at the OAuth endpoints. Left out, it follows from the status. */
  reason: z.string().min(1).optional(),
  /** `error_description` at the OAuth endpoints, the message at Drive. */
  message: z.string().optional(),
  /** `error_subtype`, as with `invalid_rapt`; OAuth endpoints only. */
  subtype: z.string().optional(),
  /** Google's 5xx come with a page or with nothing as well. */
  body: z.enum(["json", "html", "empty"]).default("json"),
  retryAfterSeconds: z.int().min(0).optional(),
  /** Writes Retry-After as a date, by the clock of the sandbox. */
  retryAfterAsDate: z.boolean().default(false),
});

/** A sign-in page with status 200 in place of the answer; the request has no effect. */
const HtmlFault = z.strictObject({ kind: z.literal("html") });

/**
 * The connection is reset: after so many bytes of the answer's body, after so many of the request's body, or, with
 * neither, when the request comes, which then has no effect. Of an answer's body that is no longer than that, all but the
 * last byte comes; a request's is taken whole.
 */
const ResetFault = z
  .strictObject({
    kind: z.literal("reset"),
    afterBytes: Bytes.optional(),
    afterRequestBytes: Bytes.optional(),
  })
  .refine(
    ({ afterBytes, afterRequestBytes }) => afterBytes === undefined || afterRequestBytes === undefined,
    "only one of afterBytes and afterRequestBytes can be there",
  );

/**
 * Nothing more comes: after so many bytes of the answer's body, or all but the last one, or, without a number, before the first byte of the answer, in which
 * case the request is not looked at meanwhile. For ever, which is until the client leaves, or for a while.
 */
const StallFault = z.strictObject({
  kind: z.literal("stall"),
  afterBytes: Bytes.optional(),
  forMs: Milliseconds.optional(),
});

/** The request is taken and never answered, nor carried out; a stall for ever. */
const NeverFault = z.strictObject({ kind: z.literal("never") });

/**
 * The connection ends in order after so many bytes of the answer's body, though Content-Length promised more; at the latest
 * before the last one.
 */
const TruncateFault = z.strictObject({ kind: z.literal("truncate"), afterBytes: Bytes });

/**
 * Content-Length says so many bytes more (or fewer) than the body has, and the connection ends after the body; without a
 * number it is missing, and the body chunked.
 */
const WrongLengthFault = z.strictObject({
  kind: z.literal("wrongLength"),
  byBytes: z
    .int()
    .refine((bytes) => bytes !== 0, "must not be 0")
    .optional(),
});

/** One bit of the body differs; at this byte, or at one that follows from the seed. Behind the end there is no hit. */
const FlipByteFault = z.strictObject({ kind: z.literal("flipByte"), atByte: Bytes.optional() });

/** The request is carried out, and the connection reset before the first byte of the answer. */
const LostAnswerFault = z.strictObject({ kind: z.literal("lostAnswer") });

/** The body of the answer, or that of the request, goes no faster than this. */
const SlowFault = z.strictObject({
  kind: z.literal("slow"),
  bytesPerSecond: z.int().min(1),
  of: z.enum(["answer", "request"]).default("answer"),
});

/**
 * The request waits before it is looked at. `jitterMs` is added, evenly from 0 up to that; with `lognormal` the time is
 * drawn around `ms` as the median. Latencies of several rules add up, and do not keep other faults away.
 */
const LatencyFault = z.strictObject({
  kind: z.literal("latency"),
  ms: Milliseconds,
  jitterMs: Milliseconds.default(0),
  distribution: z.enum(["even", "lognormal"]).default("even"),
});

/** A download is sent to an address of its own at another host, which serves the bytes without a credential. */
const RedirectFault = z.strictObject({
  kind: z.literal("redirect"),
  status: z.union([z.literal(302), z.literal(307)]).default(302),
});

/** The 308 of a resumable upload comes without its Range header, as if nothing were held. */
const WithholdFault = z.strictObject({ kind: z.literal("withhold") });

/** No more than so many bytes of a chunk are kept, in whole units of 256 KiB; the Range of the 308 says how far. */
const PartialPersistFault = z.strictObject({ kind: z.literal("partialPersist"), keptBytes: Bytes });

/** What can be put in the way of a request. */
export const Fault = z.discriminatedUnion("kind", [
  StatusFault,
  HtmlFault,
  ResetFault,
  StallFault,
  NeverFault,
  TruncateFault,
  WrongLengthFault,
  FlipByteFault,
  LostAnswerFault,
  SlowFault,
  LatencyFault,
  RedirectFault,
  WithholdFault,
  PartialPersistFault,
]);
export type Fault = z.output<typeof Fault>;

/** A fault that is not only a wait. */
export type HardFault = Exclude<Fault, { kind: "latency" }>;
