import { z } from "zod";
import { wordsOfIssue, wordsOfIssues } from "../words-of-issues.ts";
import { FaultRuleSchema } from "./fault-rule-schema.ts";
import { FaultSchema } from "./fault-schema.ts";
import type { ReadFaultRule } from "./read-fault-rule.ts";

const FaultPlanShape = z.strictObject({
  seed: z.int().default(1),
  rules: z.array(z.unknown()),
});

/** A plan as it was read. */
interface ReadFaultPlan {
  readonly seed: number;
  readonly rules: readonly ReadFaultRule[];
}

/**
 * Reads a plan, from a file, over HTTP or from code.
 *
 * @throws RangeError that names the rule, counted from 1, and the member that is unknown or wrong
 */
export function parseFaultPlan(value: unknown): ReadFaultPlan {
  const plan = parsed(FaultPlanShape, value, "faults");
  return {
    seed: plan.seed,
    rules: plan.rules.map((rule, index) => parseFaultRule(rule, `rule ${index + 1}`)),
  };
}

/**
 * Reads one rule.
 *
 * @param place what to call the rule in an error
 * @throws RangeError as parseFaultPlan does
 */
export function parseFaultRule(value: unknown, place = "rule"): ReadFaultRule {
  return parsed(FaultRuleSchema, value, place);
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown, place: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new RangeError(`${place}: ${wordsOfIssues(result.error.issues, wordsOf)}`, { cause: result.error });
}

/** A union tells of each of its ways: the one that says most is the one that was meant. */
function wordsOf(issue: z.core.$ZodIssue): string {
  return issue.code === "invalid_union" ? wordsOfUnion(issue) : wordsOfIssue(issue);
}

function wordsOfUnion(issue: z.core.$ZodIssueInvalidUnion): string {
  if (issue.discriminator !== undefined) return `unknown fault kind; known are ${knownKinds.join(", ")}`;
  const [nearest] = [...issue.errors].sort((left, right) => depthOf(right) - depthOf(left));
  return nearest === undefined ? issue.message : wordsOfIssues(nearest, wordsOf);
}

function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map(({ code, path }) => path.length + (code === "unrecognized_keys" ? 1 : 0)));
}

const knownKinds: readonly string[] = FaultSchema.options.map((option) => option.shape.kind.value);
