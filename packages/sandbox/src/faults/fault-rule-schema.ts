import { z } from "zod";
import type { FaultRule } from "./fault-rule.ts";
import { FaultSchema } from "./fault-schema.ts";
import type { ReadFaultRule } from "./read-fault-rule.ts";

const Ordinal = z.int().min(1);

const Attempts = z.union([
  Ordinal,
  z.array(Ordinal).min(1),
  z
    .strictObject({ from: Ordinal.optional(), to: Ordinal.optional() })
    .refine(({ from = 1, to = from }) => from <= to, "from must not be greater than to"),
]);

/** What {@link FaultRule} says, as it is checked. */
export const FaultRuleSchema = z.strictObject({
  route: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  file: z.string().min(1).optional(),
  fileMayAppear: z.boolean().default(false),
  name: z.string().min(1).optional(),
  email: z.string().optional(),
  clientId: z.string().optional(),
  attempt: Attempts.optional(),
  every: Ordinal.optional(),
  probability: z.number().min(0).max(1).optional(),
  times: Ordinal.optional(),
  fault: z.union([FaultSchema, z.array(FaultSchema).min(1)]),
}) satisfies z.ZodType<ReadFaultRule, FaultRule>;
