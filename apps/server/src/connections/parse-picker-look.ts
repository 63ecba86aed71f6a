import type { DriveLook } from "../drives/index.ts";
import { DrivewayError } from "../platform/index.ts";

type Endpoint =
  | { readonly kind: "list" | "about" }
  | { readonly kind: "get" | "export"; readonly fileId: string };

const FILE = /^files\/([A-Za-z0-9_-]+)(\/export)?$/;
/** Longer ones than any address can hold at the provider. */
const LONGEST_ENDPOINT = 8000;
/** Words that stand where an id could and are operations of their own at the provider. */
const NOT_AN_ID = new Set(["generateIds", "trash"]);

const PARAMETERS: Readonly<Record<Endpoint["kind"], ReadonlySet<string>>> = {
  list: new Set([
    "q",
    "fields",
    "pageSize",
    "pageToken",
    "orderBy",
    "corpora",
    "driveId",
    "spaces",
    "supportsAllDrives",
    "includeItemsFromAllDrives",
  ]),
  get: new Set(["fields"]),
  about: new Set(["fields"]),
  export: new Set(["mimeType"]),
};

/**
 * Reads what a picker asks for. The endpoint is matched whole against four patterns and nothing is decoded, so that no
 * spelling reaches anything else.
 * @throws {DrivewayError} `endpoint_not_allowed`, `parameter_not_allowed`, and `provider_bad_request` for an export without a type
 */
export function parsePickerLook(endpoint: string, params: Readonly<Record<string, unknown>>): DriveLook {
  const wanted = parseEndpoint(endpoint);
  const passed = parseParams(wanted.kind, params);
  switch (wanted.kind) {
    case "list":
    case "about":
      return { kind: wanted.kind, params: passed };
    case "get":
      return { kind: "get", fileId: wanted.fileId, params: passed };
    case "export":
      return { kind: "export", fileId: wanted.fileId, mimeType: requireMimeType(passed) };
  }
}

function parseEndpoint(endpoint: string): Endpoint {
  if (endpoint === "files") return { kind: "list" };
  if (endpoint === "about") return { kind: "about" };
  const [matched, fileId = "", exported] = FILE.exec(endpoint) ?? [];
  if (matched !== endpoint || endpoint.length > LONGEST_ENDPOINT || NOT_AN_ID.has(fileId)) {
    throw new DrivewayError(
      "endpoint_not_allowed",
      "The picker proxy serves files, files/{id}, files/{id}/export and about.",
    );
  }
  return { kind: exported === undefined ? "get" : "export", fileId };
}

function parseParams(
  kind: Endpoint["kind"],
  params: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(params)) {
    const plain = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    if (!PARAMETERS[kind].has(name) || !plain) {
      const why = plain ? "is not passed on" : "must be a string, a number or a boolean";
      throw new DrivewayError("parameter_not_allowed", `The parameter "${name.slice(0, 100)}" ${why}.`, {
        details: { parameter: name.slice(0, 100) },
      });
    }
    passed[name] = String(value);
  }
  return passed;
}

function requireMimeType(params: Readonly<Record<string, string>>): string {
  const { mimeType } = params;
  if (mimeType !== undefined) return mimeType;
  throw new DrivewayError("provider_bad_request", 'An export needs the parameter "mimeType".');
}
