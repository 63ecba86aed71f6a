import type { z } from "zod";

/**
 * Says in one line what is wrong with a value: each fault with the place of the member that it is about.
 *
 * @param wordsOf what to say of one fault, its place aside
 */
export function wordsOfIssues(
  issues: readonly z.core.$ZodIssue[],
  wordsOf: (issue: z.core.$ZodIssue) => string = wordsOfIssue,
): string {
  return issues
    .map((issue) => {
      const path = issue.path.map(String).join(".");
      return path === "" ? wordsOf(issue) : `${path}: ${wordsOf(issue)}`;
    })
    .join("; ");
}

/** What is wrong: the schema's own words, or the names that it does not know. */
export function wordsOfIssue(issue: z.core.$ZodIssue): string {
  return issue.code === "unrecognized_keys"
    ? `unknown option ${issue.keys.map((key) => `"${key}"`).join(", ")}`
    : issue.message;
}
