import type { Fault, LatencyFault, RedirectFault, SlowFault, StatusFault } from "./fault.ts";

/** Some members are there, whether or not they were written. */
type Filled<Written, Names extends keyof Written> = Written & {
  readonly [Name in Names]-?: Exclude<Written[Name], undefined>;
};

/** A fault as it was read: members that were left out and have a usual value have got it. */
export type ReadFault =
  | Exclude<Fault, StatusFault | SlowFault | LatencyFault | RedirectFault>
  | Filled<StatusFault, "body" | "retryAfterAsDate">
  | Filled<SlowFault, "of">
  | Filled<LatencyFault, "jitterMs" | "distribution">
  | Filled<RedirectFault, "status">;

/** A fault that is not only a wait. */
export type HardFault = Exclude<ReadFault, { readonly kind: "latency" }>;
