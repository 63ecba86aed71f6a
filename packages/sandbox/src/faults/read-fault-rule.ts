import type { FaultRule } from "./fault-rule.ts";
import type { ReadFault } from "./read-fault.ts";

/** A rule as it was read: what was left out and has a usual value has got it. */
export interface ReadFaultRule extends FaultRule {
  readonly fileMayAppear: boolean;
  readonly fault: ReadFault | readonly ReadFault[];
}
