import { z } from "zod";

/** A whole number, written in digits as a query has it. */
export function wholeText({
  least = 0,
  most = Number.MAX_SAFE_INTEGER,
}: {
  least?: number;
  most?: number;
} = {}) {
  return z
    .string()
    .regex(/^\d{1,16}$/, "not a whole number")
    .transform(Number)
    .pipe(z.int().min(least).max(most));
}

/** `true` or `false`, as a query has it. */
export function flagText() {
  return z.enum(["true", "false"]).transform((text) => text === "true");
}
