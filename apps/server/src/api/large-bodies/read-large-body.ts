import { ExportRequest, ImportRequest } from "@driveway/contract";
import { DrivewayError, newId } from "../../platform/index.ts";
import type { NewItem } from "../../transfers/index.ts";
import { compileSchema } from "../compile-schema.ts";
import { LargeBody } from "./large-body.ts";

/** Whose body is large. */
export type LargeBodyKind = "import" | "export";

/** Keys that would change an object's prototype, which small bodies are refused for too. */
const PROTOTYPE_KEYS = /"(?:__proto__|constructor)"\s*:/;

/** As many entries are checked to the last, whatever is wrong with them; of more, only up to as many faults are told. */
const ENTRIES_CHECKED_WHOLE = 100_000;
const MOST_FAULTS = 100;

/**
 * Reads and checks the body of an import or export like any other, and puts its files into the text that the database
 * takes. A file that is named twice is one item, which has the first name; so is an image.
 * @throws {DrivewayError} `invalid_json`, `validation_failed`, `unknown_field`
 */
export function readLargeBody(kind: LargeBodyKind, text: string): LargeBody {
  const data = parse(text);
  cutBehindFaults(data, kind);
  if (kind === "import") {
    const { files, ...head } = check<ReturnType<typeof ImportRequest.parse>>(ImportRequest, data);
    const unique = new Map(files.toReversed().map((file) => [file.id, file]));
    const items = [...unique.values()].reverse().map(
      ({ id, name, size_bytes, resource_key }): NewItem => ({
        file: id,
        image: newId("img"),
        name: name.toWellFormed(),
        ...(size_bytes === undefined ? {} : { size: size_bytes }),
        ...(resource_key === undefined ? {} : { key: resource_key }),
      }),
    );
    return largeBody(head, items);
  }
  const { image_ids, ...head } = check<ReturnType<typeof ExportRequest.parse>>(ExportRequest, data);
  return largeBody(
    head,
    [...new Set(image_ids)].map((image): NewItem => ({ image })),
  );
}

function parse(text: string): unknown {
  try {
    if (!PROTOTYPE_KEYS.test(text)) return JSON.parse(text);
  } catch (cause) {
    throw new DrivewayError("invalid_json", "The body is not well-formed JSON.", { cause });
  }
  throw new DrivewayError("invalid_json", "The body is not well-formed JSON.");
}

/**
 * Leaves out what stands behind a hundred faults: a body of 32 MiB has room for millions, and telling of each takes
 * minutes and all memory.
 */
function cutBehindFaults(data: unknown, kind: LargeBodyKind): void {
  const [field, entry] =
    kind === "import"
      ? (["files", ImportRequest.shape.files.element] as const)
      : (["image_ids", ExportRequest.shape.image_ids.element] as const);
  const entries = (data as Readonly<Record<string, unknown>> | null)?.[field];
  if (!Array.isArray(entries) || entries.length <= ENTRIES_CHECKED_WHOLE) return;
  let faults = 0;
  const end = entries.findIndex((one) => {
    if (!entry.safeParse(one).success) faults += 1;
    return faults === MOST_FAULTS;
  });
  if (end !== -1) entries.length = end + 1;
}

function check<Body>(schema: typeof ImportRequest | typeof ExportRequest, data: unknown): Body {
  const route = { schema, method: "POST", url: "", httpPart: "body" };
  const checked: unknown = compileSchema(route)(data);
  const { value, error } = checked as { value?: Body; error?: Error };
  if (error !== undefined) throw error;
  return value as Body;
}

function largeBody(head: LargeBody["head"], items: readonly NewItem[]): LargeBody {
  const bytes = items.reduce((sum, { size }) => sum + (size ?? 0), 0);
  const json = new TextEncoder().encode(JSON.stringify(items));
  return new LargeBody({ head, count: items.length, bytes, json });
}
