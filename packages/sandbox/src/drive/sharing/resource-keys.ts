import { badRequest } from "../errors.ts";

const NO_KEYS: ReadonlyMap<string, string> = new Map();

/**
 * Reads the header `X-Goog-Drive-Resource-Keys`: `<file id>/<key>`, several separated by commas. Gives the keys by
 * file id. Throws 400 `badRequest` for what is not of that form; Google's own answer to that is not known.
 * Follows "Access link-shared Drive files using resource keys" of the Drive guides.
 */
export function parseResourceKeys(header: string | string[] | undefined): ReadonlyMap<string, string> {
  if (header === undefined || header === "") return NO_KEYS;
  const pairs = String(header).split(",");
  return new Map(pairs.map((pair) => parsePair(pair.trim())));
}

function parsePair(text: string): readonly [fileId: string, key: string] {
  const [, fileId, key] = /^([\w-]+)\/([\w-]+)$/.exec(text) ?? [];
  if (fileId !== undefined && key !== undefined) return [fileId, key];
  throw badRequest("Invalid value for header X-Goog-Drive-Resource-Keys.", "badRequest");
}
