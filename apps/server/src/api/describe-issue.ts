import type { z } from "zod";

type Issue = z.core.$ZodRawIssue;

const KINDS: Readonly<Record<string, string>> = {
  string: "must be a string",
  number: "must be a number",
  int: "must be a whole number",
  boolean: "must be true or false",
  array: "must be a list",
  object: "must be an object",
  record: "must be an object",
};

const FORMATS: Readonly<Record<string, string>> = {
  uuid: "must be a UUID",
  url: "must be a whole URL, like https://example.com/callback",
  email: "must be an e-mail address",
  datetime: "must be a time in UTC, like 2030-01-01T00:00:00Z",
};

/**
 * Says what is wrong with a field in words that follow its name: "size_bytes: must be 0 or more". For zod's issues that
 * the schema itself has no words for.
 * @returns undefined to leave the words to zod
 */
export function describeIssue(issue: Issue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? "is required" : KINDS[issue.expected];
    case "invalid_value":
      return issue.input === undefined ? "is required" : `must be ${alternatives(issue.values)}`;
    case "invalid_format":
      return FORMATS[issue.format];
    case "too_small":
      return atLeast(issue.origin, Number(issue.minimum));
    case "too_big":
      return atMost(issue.origin, Number(issue.maximum));
    case "not_multiple_of":
    case "unrecognized_keys":
    case "invalid_union":
    case "invalid_key":
    case "invalid_element":
    case "custom":
      return undefined;
  }
}

function alternatives(values: readonly unknown[]): string {
  return values.map((value) => (typeof value === "string" ? `"${value}"` : String(value))).join(" or ");
}

function atLeast(origin: string, minimum: number): string {
  if (origin === "string")
    return minimum === 1 ? "must not be empty" : `must have ${minimum} characters or more`;
  return origin === "array" ? `must have ${minimum} entries or more` : `must be ${minimum} or more`;
}

function atMost(origin: string, maximum: number): string {
  if (origin === "string") return `must have ${maximum} characters or less`;
  return origin === "array" ? `must have ${maximum} entries or less` : `must be ${maximum} or less`;
}
