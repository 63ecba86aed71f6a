import type { CommandResponse } from "pg-boss";

/**
 * The ids of the messages that a command of pg-boss reached. Its type declarations keep the fields of the answer to
 * themselves, so the one that is needed is checked here.
 */
export function settledIds(response: CommandResponse): readonly string[] {
  const { settled } = response as { readonly settled?: unknown };
  if (!Array.isArray(settled)) throw new Error("pg-boss answered without the ids that it settled");
  return settled.map(String);
}
