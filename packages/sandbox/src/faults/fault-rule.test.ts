import { expect, it } from "vitest";
import type { z } from "zod";
import type { SameShape } from "../testing/same-shape.ts";
import type { FaultRule } from "./fault-rule.ts";
import type { FaultRuleSchema } from "./fault-rule-schema.ts";
import type { ReadFaultRule } from "./read-fault-rule.ts";

it("a rule has the members that are checked and no others, as it is written and as it is read", () => {
  const written: SameShape<FaultRule, z.input<typeof FaultRuleSchema>> = true;
  const read: SameShape<ReadFaultRule, z.output<typeof FaultRuleSchema>> = true;
  // A member less, a member more and another type are told from the same.
  const less: SameShape<Omit<FaultRule, "every">, z.input<typeof FaultRuleSchema>> = false;
  const more: SameShape<FaultRule & { often?: number }, z.input<typeof FaultRuleSchema>> = false;
  const other: SameShape<
    Omit<FaultRule, "every"> & { every?: string },
    z.input<typeof FaultRuleSchema>
  > = false;
  const unread: SameShape<FaultRule, z.output<typeof FaultRuleSchema>> = false;
  expect([written, read, less, more, other, unread]).toEqual([true, true, false, false, false, false]);
});
