import type { FastifyInstance } from "fastify";
import { ControlError } from "./control-error.ts";

/** Enough for a file of some 90 MiB in base64. */
const LONGEST_BODY_BYTES = 128 * 1024 * 1024;

/** Lets the routes in this scope take JSON and nothing else; no body at all is undefined. */
export function readJsonBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    "application/json",
    { parseAs: "string", bodyLimit: LONGEST_BODY_BYTES },
    async (_request: unknown, body: string) => parseJson(body),
  );
}

function parseJson(text: string): unknown {
  if (text === "") return undefined;
  const value = jsonOf(text);
  const field = placeOfProto(value);
  if (field === null) return value;
  throw new ControlError({ status: 400, code: "unknown_member", message: `Unknown member: ${field}`, field });
}

/** Where a value has a member of the one name that those who read values pass over without a word. */
function placeOfProto(value: unknown): string | null {
  const open: { readonly at: unknown; readonly path: string }[] = [{ at: value, path: "" }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { at, path } = next;
    if (typeof at !== "object" || at === null) continue;
    if (Object.hasOwn(at, "__proto__")) return `${path}__proto__`;
    for (const [name, member] of Object.entries(at)) open.push({ at: member, path: `${path}${name}.` });
  }
  return null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ControlError({ status: 400, code: "invalid_json", message: `The body is no JSON: ${reason}` });
  }
}
