import { z } from "zod";
import { Fault } from "./fault.ts";

const Ordinal = z.int().min(1);

/** Which of a file's requests are meant, counted from 1. */
const Attempts = z.union([
  Ordinal,
  z.array(Ordinal).min(1),
  z
    .strictObject({ from: Ordinal.optional(), to: Ordinal.optional() })
    .refine(({ from = 1, to = from }) => from <= to, "from must not be greater than to"),
]);
export type Attempts = z.output<typeof Attempts>;

/** Which requests meet which fault. All conditions that are there must hold. */
export const FaultRule = z.strictObject({
  /** Kinds of requests as the log has them; a star at the end stands for any end ("files.*"), alone for everything. */
  route: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  /** Only requests that name this file in their path, or go to an upload session for it. */
  file: z.string().min(1).optional(),
  /** The file is made later on, so that it need not be there yet. */
  fileMayAppear: z.boolean().default(false),
  /**
   * Only requests about files of this name; a star at the beginning or the end stands for anything. Of uploads, the
   * chunks of resumable ones: the name of a new file stands in the body of the others, which is read too late.
   */
  name: z.string().min(1).optional(),
  /** Only requests with this person's access token, and chunks of an upload that was started with one. */
  email: z.string().optional(),
  /** The same for the client that a token was issued to. */
  clientId: z.string().optional(),
  /**
   * Only these attempts. They are counted by route and file; those that name no file, by route alone. Chunks count for
   * the id that the upload's start reserved, or else for the name that it gave. A request to which none of the faults
   * can happen is no attempt.
   */
  attempt: Attempts.optional(),
  /** Only every so many of the requests that the conditions above leave, in the order in which they come. */
  every: Ordinal.optional(),
  /** Only this share of them, drawn from the seed by file and attempt, so that interleaving does not matter. */
  probability: z.number().min(0).max(1).optional(),
  /** At most so often in all. A fault that turned out to have no effect does not count. */
  times: Ordinal.optional(),
  /**
   * Several are drawn from, by the seed: those that can happen to the request. A fault passes over requests to which it
   * cannot happen: those within a batch, unless it is an answer or a wait, those without a body when it is the body's,
   * and HEAD when it is that of the answer's body. What shows only when the answer is there, that it has no body or
   * ends before the byte in question, makes the fault no hit: it is not logged, and the request goes by as it is.
   */
  fault: z.union([Fault, z.array(Fault).min(1)]),
});
export type FaultRule = z.output<typeof FaultRule>;

/** A rule as it may be written, defaults left out. */
export type FaultRuleInput = z.input<typeof FaultRule>;

const FaultPlanShape = z.strictObject({
  seed: z.int().default(1),
  rules: z.array(z.unknown()),
});

/** Rules, and what their draws follow from. */
export interface FaultPlan {
  readonly seed: number;
  readonly rules: readonly FaultRule[];
}

/** A plan as it may be written, defaults left out. */
export interface FaultPlanInput {
  readonly seed?: number;
  readonly rules: readonly FaultRuleInput[];
}

/**
 * Reads a plan, from a file, over HTTP or from code.
 *
 * @throws RangeError that names the rule, counted from 1, and the member that is unknown or wrong
 */
export function parseFaultPlan(value: unknown): FaultPlan {
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
export function parseFaultRule(value: unknown, place = "rule"): FaultRule {
  return parsed(FaultRule, value, place);
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown, place: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new RangeError(`${place}: ${wordsOf(result.error.issues)}`, { cause: result.error });
}

/** A union tells of each of its ways: the one that says most is the one that was meant. */
function wordsOf(issues: readonly z.core.$ZodIssue[]): string {
  return issues
    .map((issue) => {
      const path = issue.path.map(String).join(".");
      const words = issue.code === "invalid_union" ? wordsOfUnion(issue) : wordsOfIssue(issue);
      return path === "" ? words : `${path}: ${words}`;
    })
    .join("; ");
}

function wordsOfIssue(issue: z.core.$ZodIssue): string {
  return issue.code === "unrecognized_keys"
    ? `unknown option ${issue.keys.map((key) => `"${key}"`).join(", ")}`
    : issue.message;
}

function wordsOfUnion(issue: z.core.$ZodIssueInvalidUnion): string {
  if (issue.discriminator !== undefined) return `unknown fault kind; known are ${knownKinds.join(", ")}`;
  const [nearest] = [...issue.errors].sort((left, right) => depthOf(right) - depthOf(left));
  return nearest === undefined ? issue.message : wordsOf(nearest);
}

function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map(({ code, path }) => path.length + (code === "unrecognized_keys" ? 1 : 0)));
}

const knownKinds: readonly string[] = Fault.options.map((option) => option.shape.kind.value);
