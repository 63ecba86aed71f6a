import { expect, it } from "vitest";
import { z } from "zod";
import { describeIssue } from "./describe-issue.ts";

const say = (schema: z.ZodType, value: unknown) =>
  schema.safeParse({ field: value }, { error: describeIssue }).error?.issues[0]?.message;
const field = (schema: z.ZodType) => z.strictObject({ field: schema });

it.each([
  [z.string(), undefined, "is required"],
  [z.enum(["a", "b"]), undefined, "is required"],
  [z.string(), null, "must be a string"],
  [z.boolean(), "true", "must be true or false"],
  [z.int(), 1.5, "must be a whole number"],
  [z.int().min(0), -1, "must be 0 or more"],
  [z.int(), 1e300, "must be 9007199254740991 or less"],
  [z.coerce.number(), "x", "must be a number"],
  [z.array(z.string()), "x", "must be a list"],
  [z.array(z.string()).min(2), [], "must have 2 entries or more"],
  [z.array(z.string()).max(1), ["a", "b"], "must have 1 entries or less"],
  [z.record(z.string(), z.unknown()), [], "must be an object"],
  [z.string().min(1), "", "must not be empty"],
  [z.string().min(3), "x", "must have 3 characters or more"],
  [z.string().max(2), "xyz", "must have 2 characters or less"],
  [z.uuid(), "x", "must be a UUID"],
  [z.url(), "x", "must be a whole URL, like https://example.com/callback"],
  [z.email(), "x", "must be an e-mail address"],
  [z.iso.datetime(), "2030", "must be a time in UTC, like 2030-01-01T00:00:00Z"],
  [z.literal("withhold"), "x", 'must be "withhold"'],
  [z.enum(["true", "false"]), "1", 'must be "true" or "false"'],
  [z.string().regex(/^a$/, "must be the letter a"), "b", "must be the letter a"],
] as const)("says what a field must be, case %#", (schema, value, words) => {
  expect(say(field(schema), value)).toBe(words);
});
