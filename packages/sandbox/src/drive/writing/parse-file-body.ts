import { badRequest, forbidden, invalidValue } from "../errors.ts";
import { isMimeType } from "../mime-type.ts";
import { parseTimestamp } from "../timestamps.ts";

/** Changes to custom properties: null takes a property away. */
export type PropertyChanges = Readonly<Record<string, string | null>>;

/** What a request body says about a file; what it does not say is left out. */
export interface FileBody {
  readonly id?: string;
  readonly name?: string;
  readonly mimeType?: string;
  readonly description?: string;
  readonly originalFilename?: string;
  readonly createdTime?: string;
  readonly modifiedTime?: string;
  readonly starred?: boolean;
  readonly trashed?: boolean;
  readonly parents?: readonly string[];
  readonly properties?: PropertyChanges;
  readonly appProperties?: PropertyChanges;
  readonly shortcutTargetId?: string;
  readonly copyRequiresWriterPermission?: boolean;
}

const LONGEST_PROPERTY_BYTES = 124;
const NOT_WRITABLE = new Set([
  "size",
  "version",
  "md5Checksum",
  "sha1Checksum",
  "sha256Checksum",
  "thumbnailLink",
  "webViewLink",
  "webContentLink",
  "ownedByMe",
  "owners",
  "capabilities",
  "headRevisionId",
  "imageMediaMetadata",
]);

/** Reads JSON text as a file resource; empty text is an empty resource. Throws 400 `parseError` when it is no JSON object. */
export function parseFileJson(text: string): FileBody {
  if (text.trim() === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badRequest("Parse Error", "parseError");
  }
  if (!isRecord(value)) throw badRequest("Parse Error", "parseError");
  return parseFileBody(value);
}

/**
 * Takes from a file resource what can be written. Names that the resource does not have are ignored, as Drive does.
 * Throws 400 `invalid` for a value of the wrong kind and 403 `fieldNotWritable` for fields that Drive alone writes.
 */
function parseFileBody(body: Record<string, unknown>): FileBody {
  if (Object.keys(body).some((name) => NOT_WRITABLE.has(name))) {
    throw forbidden("fieldNotWritable", "The resource body includes fields which are not directly writable.");
  }
  return withoutAbsent({
    id: textOf(body, "id"),
    name: textOf(body, "name"),
    mimeType: mimeTypeOf(body),
    description: textOf(body, "description"),
    originalFilename: textOf(body, "originalFilename"),
    createdTime: timeOf(body, "createdTime"),
    modifiedTime: timeOf(body, "modifiedTime"),
    starred: flagOf(body, "starred"),
    trashed: flagOf(body, "trashed"),
    parents: textsOf(body, "parents"),
    properties: propertiesOf(body, "properties"),
    appProperties: propertiesOf(body, "appProperties"),
    shortcutTargetId: targetOf(body),
    copyRequiresWriterPermission: flagOf(body, "copyRequiresWriterPermission"),
  });
}

type Present<Body> = { [Name in keyof Body]?: Exclude<Body[Name], undefined> };

function withoutAbsent<Body extends object>(body: Body): Present<Body> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as Present<Body>;
}

function textOf(body: Record<string, unknown>, name: string): string | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw invalidValue(name);
}

function mimeTypeOf(body: Record<string, unknown>): string | undefined {
  const text = textOf(body, "mimeType");
  if (text !== undefined && !isMimeType(text)) throw invalidValue("mimeType");
  return text;
}

function flagOf(body: Record<string, unknown>, name: string): boolean | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined || typeof value === "boolean") return value;
  throw invalidValue(name);
}

function timeOf(body: Record<string, unknown>, name: string): string | undefined {
  const text = textOf(body, name);
  if (text !== undefined && parseTimestamp(text) === null) throw invalidValue(name);
  return text;
}

function textsOf(body: Record<string, unknown>, name: string): readonly string[] | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((element) => typeof element === "string")) return value;
  throw invalidValue(name);
}

function propertiesOf(body: Record<string, unknown>, name: string): PropertyChanges | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined) return undefined;
  if (!isRecord(value)) throw invalidValue(name);
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => [key, propertyValue(name, key, text)]),
  );
}

function propertyValue(name: string, key: string, value: unknown): string | null {
  if (value === null) return null;
  if (typeof value !== "string" || Buffer.byteLength(key + value) > LONGEST_PROPERTY_BYTES)
    throw invalidValue(name);
  return value;
}

function targetOf(body: Record<string, unknown>): string | undefined {
  const details = body.shortcutDetails ?? undefined;
  if (details === undefined) return undefined;
  if (!isRecord(details)) throw invalidValue("shortcutDetails");
  return textOf(details, "targetId");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
