import { z } from "zod";
import { LONGEST_LIFETIME_SECONDS, LONGEST_WAIT_MS } from "../time-limits.ts";
import type { Fault } from "./fault.ts";
import type { ReadFault } from "./read-fault.ts";

const Bytes = z.int().min(0);
const Milliseconds = z.int().min(0).max(LONGEST_WAIT_MS);

const StatusFault = z.strictObject({
  kind: z.literal("status"),
  status: z.int().min(400).max(599).optional(),
  reason: z.string().min(1).optional(),
  message: z.string().optional(),
  subtype: z.string().optional(),
  body: z.enum(["json", "html", "empty"]).default("json"),
  retryAfterSeconds: z.int().min(0).max(LONGEST_LIFETIME_SECONDS).optional(),
  retryAfterAsDate: z.boolean().default(false),
});

const HtmlFault = z.strictObject({ kind: z.literal("html") });

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

const StallFault = z.strictObject({
  kind: z.literal("stall"),
  afterBytes: Bytes.optional(),
  forMs: Milliseconds.optional(),
});

const NeverFault = z.strictObject({ kind: z.literal("never") });

const TruncateFault = z.strictObject({ kind: z.literal("truncate"), afterBytes: Bytes });

const WrongLengthFault = z.strictObject({
  kind: z.literal("wrongLength"),
  byBytes: z
    .int()
    .refine((bytes) => bytes !== 0, "must not be 0")
    .optional(),
});

const FlipByteFault = z.strictObject({ kind: z.literal("flipByte"), atByte: Bytes.optional() });

const LostAnswerFault = z.strictObject({ kind: z.literal("lostAnswer") });

const SlowFault = z.strictObject({
  kind: z.literal("slow"),
  bytesPerSecond: z.int().min(1),
  of: z.enum(["answer", "request"]).default("answer"),
});

const LatencyFault = z.strictObject({
  kind: z.literal("latency"),
  ms: Milliseconds,
  jitterMs: Milliseconds.default(0),
  distribution: z.enum(["even", "lognormal"]).default("even"),
});

const RedirectFault = z.strictObject({
  kind: z.literal("redirect"),
  status: z.union([z.literal(302), z.literal(307)]).default(302),
});

const WithholdFault = z.strictObject({ kind: z.literal("withhold") });

const PartialPersistFault = z.strictObject({ kind: z.literal("partialPersist"), keptBytes: Bytes });

/** What {@link Fault} says, as it is checked. */
export const FaultSchema = z.discriminatedUnion("kind", [
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
]) satisfies z.ZodType<ReadFault, Fault>;
