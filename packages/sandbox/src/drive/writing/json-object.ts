import { badRequest, invalidValue } from "../errors.ts";

/** Reads JSON text as an object; empty text is an empty one. Throws 400 `parseError` when it is none. */
export function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    throw badRequest("Parse Error", "parseError");
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw badRequest("Parse Error", "parseError");
}

/** A text in a body; undefined when it is not there. Throws 400 `invalid` naming `location` for other values. */
export function textIn(
  body: Record<string, unknown>,
  name: string,
  location: string = name,
): string | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw invalidValue(location);
}
