import type { FieldMask } from "./parse-fields.ts";

/** Whether the mask asks for this name, wholly or in part. */
export function asksFor(mask: FieldMask, name: string): boolean {
  return mask === "all" || mask.has(name);
}

/** The mask for what lies within a name that the mask asks for; nothing when it does not. */
export function maskWithin(mask: FieldMask, name: string): FieldMask {
  return mask === "all" ? "all" : (mask.get(name) ?? new Map());
}

/** The part of a value that the mask asks for; lists are taken element by element. */
export function selectFields(value: unknown, mask: FieldMask): unknown {
  if (mask === "all" || value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((element) => selectFields(element, mask));
  const asked = Object.entries(value).filter(([name]) => mask.has(name));
  return Object.fromEntries(
    asked.map(([name, inner]) => [name, selectFields(inner, maskWithin(mask, name))]),
  );
}
