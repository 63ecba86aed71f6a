import { z } from "zod";
import { ControlError } from "./control-error.ts";

/**
 * Reads what a request says, body or query.
 *
 * @param value undefined, for no body, is the same as an empty object
 * @throws ControlError 400 `unknown_member` for a name that is not known, `invalid_value` for anything else, each naming the field
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value ?? {});
  if (!parsed.success) throw refusalOf(parsed.error);
  return parsed.data;
}

/**
 * Runs what checks its input itself, and makes of its RangeError a refusal that names the field where it is known.
 *
 * @param placeOf where in the input the error's own fields are, with a dot at the end; the input itself when left out
 * @throws ControlError 400 `unknown_member` or `invalid_value`
 */
export function refuseRangeErrors<Result>(act: () => Result, placeOf = (_error: RangeError) => ""): Result {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const { message, cause } = error;
    if (cause instanceof z.ZodError) throw refusalOf(cause, { message, place: placeOf(error) });
    throw new ControlError({ status: 400, code: "invalid_value", message });
  }
}

function refusalOf(
  { issues }: z.ZodError,
  { message, place = "" }: { message?: string; place?: string } = {},
) {
  const [issue] = issues;
  const isUnknown = issue?.code === "unrecognized_keys";
  const path = [...(issue?.path ?? []), ...(isUnknown ? issue.keys.slice(0, 1) : [])];
  const field = place + path.map(String).join(".");
  return new ControlError({
    status: 400,
    code: isUnknown ? "unknown_member" : "invalid_value",
    message: message ?? (field === "" ? `${issue?.message}` : `${field}: ${issue?.message}`),
    ...(field !== "" && { field }),
  });
}
