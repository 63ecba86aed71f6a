import type { FaultRule } from "./fault-rule.ts";

/** Rules, and what their draws follow from. */
export interface FaultPlan {
  /** A whole number; 1 when left out. */
  readonly seed?: number;
  /** They are asked in this order. */
  readonly rules: readonly FaultRule[];
}
