import type { FastifySchemaCompiler } from "fastify";
import type { z } from "zod";
import { DrivewayError } from "../platform/index.ts";
import { describeIssue } from "./describe-issue.ts";
import { LargeBody } from "./large-bodies/large-body.ts";

const NAMED_ISSUES = 100;

/** A part of a request that does not fit: which field, and what is wrong with it. */
interface RefusedField {
  readonly field: string;
  readonly message: string;
}

/**
 * Makes the check of one part of a request out of its schema. What does not fit is refused with `unknown_field`, when it
 * is nothing but that, or `validation_failed`; `details` names every field.
 */
export const compileSchema: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart = "body" }) => {
  return (data: unknown) => {
    // It was checked where it was read, and its files are text by now.
    if (data instanceof LargeBody) return { value: data };
    const result = schema.safeParse(data, { error: describeIssue });
    return result.success ? { value: result.data } : { error: refusal(result.error.issues, httpPart) };
  };
};

function refusal(issues: readonly z.core.$ZodIssue[], httpPart: string): DrivewayError {
  const fields = issues.flatMap((issue) => refusedFields(issue, httpPart));
  const [first] = fields;
  const more = fields.length > 1 ? ` (and ${fields.length - 1} more)` : "";
  const isUnknownOnly = issues.every(({ code }) => code === "unrecognized_keys");
  return new DrivewayError(
    isUnknownOnly ? "unknown_field" : "validation_failed",
    first === undefined ? "The request is not valid." : `${first.field}: ${first.message}${more}`,
    { details: { in: httpPart, issues: fields.slice(0, NAMED_ISSUES) } },
  );
}

function refusedFields(issue: z.core.$ZodIssue, httpPart: string): RefusedField[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      field: [...issue.path, key].join("."),
      message: "is not a known field",
    }));
  }
  return [{ field: issue.path.length === 0 ? httpPart : issue.path.join("."), message: issue.message }];
}
