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
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ControlError({ status: 400, code: "invalid_json", message: `The body is no JSON: ${reason}` });
  }
}
