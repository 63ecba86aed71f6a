import fc from "fast-check";
import type { JsonSchema, Operation } from "./read-operations.ts";
import type { Things } from "./start-two-workspaces.ts";

/** A request as it goes over the wire. */
export interface GarbageRequest {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

const HOSTILE_TEXTS = [
  "",
  " ",
  "x",
  "\0",
  "a\0b",
  "\ud800",
  "\udfff\ud800",
  "\u202e\u200b",
  "'; drop table images; --",
  "$1",
  "%s%n",
  "../../../etc/passwd",
  "__proto__",
  "constructor",
  "null",
  "NaN",
  "1e309",
  "-1",
  "9007199254740993",
  "99999999999999999999999999",
  "2026-13-45T99:99:99Z",
  "http://[::1",
  "javascript:alert(1)",
  "a@b.c",
  "nobody@example.com",
  "google_drive",
  "files",
  "about",
  "files/x/export",
  "x".repeat(300),
  "é".repeat(5000),
];

const HOSTILE_VALUES: readonly unknown[] = [
  null,
  true,
  [],
  {},
  [[]],
  0,
  -0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  1e21,
  5e-324,
  { toString: 1 },
  { length: -1 },
  [null],
];

const HOSTILE_BODIES: readonly Buffer[] = [
  "",
  " ",
  "{",
  "}",
  "null",
  "true",
  "0",
  '"x"',
  "[]",
  "{}",
  "[".repeat(100_000),
  `${"[".repeat(3000)}${"]".repeat(3000)}`,
  `${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`,
  '{"name":"a","name":"b"}',
  '{"__proto__":{"admin":true},"name":"x"}',
  '{"constructor":{"prototype":{}},"name":"x"}',
  '{"name":1e999999}',
  `{"name":${"9".repeat(10_000)}}`,
  '{"name":"\\ud800"}',
  '{"name":"\\u0000"}',
  '{"name":"x"}garbage',
  '\ufeff{"name":"x"}',
  "name=x&name=y",
  "{'name':'x'}",
].map((text) => Buffer.from(text));

/** Bytes that are no UTF-8, one of them within a text. */
const HOSTILE_BYTES = [
  Buffer.from([0xff, 0xfe, 0x00]),
  Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xc3, 0x28, 0xed, 0xa0, 0x80]), Buffer.from('"}')]),
];

const HOSTILE_PATHS = [
  "%00",
  "%FF",
  "%E0%A4%A",
  "%2e%2e%2f",
  "%2F",
  "..",
  "%",
  "x",
  "a%0d%0ab",
  "x".repeat(600),
  "%F0%9F%98%80",
  "%ED%A0%80",
];

const CONTENT_TYPES = [
  "application/json",
  "application/json; charset=utf-8",
  "application/json; charset=utf-16",
  "APPLICATION/JSON",
  "text/plain",
  "multipart/form-data; boundary=x",
  "application/x-www-form-urlencoded",
  "application/vnd.api+json",
  "nonsense",
  "/",
];

const HEADERS: Readonly<Record<string, readonly string[]>> = {
  prefer: ["respond-async", "wait=0", "wait=-1", "wait=1e9, wait=x", "wait=", ",,;;==", "x".repeat(2000)],
  origin: ["null", "https://evil.example.com", "not a url", "file://"],
  range: ["bytes=0-", "bytes=-1", "bytes=9-1", "bytes=0-99999999999999999999", "bytes=a-b", "items=0-1"],
  "if-none-match": ["*", '"x"', 'W/"x"', '"'],
  "if-range": ['"x"', "Wed, 21 Oct 2015 07:28:00 GMT", "\u00ff"],
  accept: ["text/html", "*/*;q=9", "\u00e9"],
  cookie: [
    "driveway.session_token=x.y",
    "=",
    "driveway_browser=\u00ff; driveway_browser=%FF",
    "a=b; ".repeat(300),
  ],
  "x-request-id": ["x y", "x".repeat(500), "ok-1"],
  "x-forwarded-for": ["127.0.0.1", "not an address", "::ffff:1.2.3.4, 5"],
  "x-http-method-override": ["DELETE"],
  "idempotency-key": ["x", "\u00ff", "x".repeat(5000)],
  "last-event-id": ["-1", "99999999999999999999"],
};

/**
 * Requests to the operations, by their own schemas and bent: ids of nobody, ids of the asker's own, wrong types, unknown
 * names, bytes that are no JSON and headers that mean nothing.
 */
export function garbageRequests(
  operations: readonly Operation[],
  ids: { readonly nowhere: Things; readonly own: Things },
): fc.Arbitrary<GarbageRequest> {
  const known = [...Object.values(ids.nowhere), ...Object.values(ids.own)];
  return fc.oneof(
    ...operations.map((operation) =>
      fc
        .record({
          path: pathOf(operation, ids),
          query: queryOf(operation, known),
          headers: headers(),
          body: bodyOf(operation, known),
        })
        .map(({ path, query, headers: sent, body }) => ({
          operationId: operation.operationId,
          method: operation.method,
          path: query === "" ? path : `${path}?${query}`,
          headers: sent,
          body,
        })),
    ),
  );
}

/** What would end the asker's own things is never asked of them. */
function pathOf(operation: Operation, ids: { nowhere: Things; own: Things }): fc.Arbitrary<string> {
  const candidates = operation.method === "DELETE" ? [ids.nowhere] : [ids.nowhere, ids.own];
  const good = candidates.flatMap((things) => Object.values(things));
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const part = (name: string) =>
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...fitting(name, good)) },
      { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_PATHS) },
    );
  return fc
    .tuple(...names.map(part))
    .map((parts) =>
      names.reduce((path, name, index) => path.replace(`{${name}}`, parts[index] ?? ""), operation.path),
    );
}

/** Ids of the kind that a name asks for; all of them when none fits. */
function fitting(name: string, ids: readonly string[]): readonly string[] {
  if (name === "provider") return ["google_drive", "dropbox"];
  const prefix = {
    job_id: "job_",
    session_id: "picker_sess_",
    image_ids: "img_",
    collection_id: "col_",
    cursor: "col_",
  }[name];
  const fits = prefix === undefined ? ids : ids.filter((id) => id.startsWith(prefix));
  return fits.length > 0 ? fits : ids;
}

function queryOf(operation: Operation, known: readonly string[]): fc.Arbitrary<string> {
  const declared = operation.parameters.filter((parameter) => parameter.in === "query");
  const name = fc.constantFrom(
    ...declared.map((parameter) => parameter.name),
    "unknown",
    "__proto__",
    "limit[]",
  );
  const value = fc
    .oneof(fc.constantFrom(...known), hostileText())
    .map((text) => encodeURIComponent(text.toWellFormed()).slice(0, 1000));
  const pair = fc
    .tuple(name, fc.oneof(value, fc.constantFrom(...HOSTILE_PATHS)))
    .map((both) => both.join("="));
  const raw = fc.constantFrom("&&&", "=", "a", "?", "limit=1&limit=2", `x=${"y".repeat(5000)}`);
  const pairs = fc.array(pair, { maxLength: 3 }).map((all) => all.join("&"));
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant("") },
    { weight: 4, arbitrary: pairs },
    { weight: 1, arbitrary: raw },
  );
}

function headers(): fc.Arbitrary<Record<string, string>> {
  const one = fc
    .constantFrom(...Object.entries(HEADERS))
    .chain(([name, values]) => fc.constantFrom(...values).map((value) => [name, value] as const));
  return fc.array(one, { maxLength: 2 }).map((all) => Object.fromEntries(all));
}

function bodyOf(operation: Operation, known: readonly string[]): fc.Arbitrary<Buffer | null> {
  const hostile = fc.constantFrom(...HOSTILE_BODIES, ...HOSTILE_BYTES);
  if (operation.body === null) return fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, hostile);
  const shaped = valueBy(operation.body, "", known).map((value) => Buffer.from(JSON.stringify(value) ?? ""));
  return fc.oneof({ weight: 6, arbitrary: shaped }, { weight: 2, arbitrary: hostile });
}

function valueBy(schema: JsonSchema, name: string, known: readonly string[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 9, arbitrary: fittingValue(schema, name, known) },
    { weight: 1, arbitrary: fc.oneof(fc.constantFrom(...HOSTILE_VALUES), hostileText(), fc.jsonValue()) },
  );
}

function fittingValue(schema: JsonSchema, name: string, known: readonly string[]): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type ?? "") {
    case "object":
      return objectOf(schema, known);
    case "array":
      return fc.array(valueBy(schema.items ?? {}, name, known), { maxLength: 4 });
    case "string":
      return fc.oneof(fc.constantFrom(...fitting(name, known)), hostileText());
    case "integer":
    case "number":
      return fc.oneof(fc.integer(), fc.double());
    case "boolean":
      return fc.boolean();
    default:
      return fc.jsonValue();
  }
}

function objectOf({ properties = {} }: JsonSchema, known: readonly string[]): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, valueBy(schema, name, known)]),
  );
  const fitting = fc.record(fields, { requiredKeys: Object.keys(fields) });
  const lacking = fc.record(fields, { requiredKeys: [] });
  const extra = fc.dictionary(hostileText(), fc.constantFrom(...HOSTILE_VALUES), { maxKeys: 2 });
  return fc.oneof(
    { weight: 3, arbitrary: fitting },
    { weight: 2, arbitrary: lacking },
    { weight: 1, arbitrary: fc.tuple(fitting, extra).map(([base, more]) => ({ ...base, ...more })) },
  );
}

function hostileText(): fc.Arbitrary<string> {
  return fc.oneof(fc.constantFrom(...HOSTILE_TEXTS), fc.string({ unit: "binary", maxLength: 40 }));
}

/** A content type for a body, the right one mostly. */
export const contentTypes: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.constant("application/json") },
  { weight: 1, arbitrary: fc.constantFrom(...CONTENT_TYPES) },
);
