import { badRequest } from "../errors.ts";
import { type MultipartReader, readMultipart } from "../multipart/multipart-reader.ts";

/** One call within a batch. */
export interface BatchCall {
  /** From Content-ID, without the angle brackets; null when the part has none. */
  readonly contentId: string | null;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const MOST_CALLS = 100;

/** Reads a multipart/mixed batch of HTTP requests. Throws 400 when it is malformed, empty, or of more than 100 calls. */
export function parseBatch(
  source: AsyncIterable<Uint8Array>,
  contentType: string | undefined,
): Promise<BatchCall[]> {
  return readMultipart(source, contentType, readCalls);
}

async function readCalls(reader: MultipartReader): Promise<BatchCall[]> {
  const calls: BatchCall[] = [];
  for (let headers = await reader.nextPart(); headers !== null; headers = await reader.nextPart()) {
    const contentId = headers.get("content-id")?.replace(/^<|>$/g, "") ?? null;
    calls.push(parseCall((await reader.wholeBody()).toString("utf8"), contentId));
    if (calls.length > MOST_CALLS) {
      throw badRequest(`The batch request may not contain more than ${MOST_CALLS} requests.`);
    }
  }
  if (calls.length === 0) throw badRequest("The batch request contains no requests.");
  return calls;
}

function parseCall(text: string, contentId: string | null): BatchCall {
  const [head = "", ...rest] = text.replace(/^(?:\r?\n)+/, "").split(/\r?\n\r?\n/);
  const [requestLine = "", ...headerLines] = head.split(/\r?\n/);
  const [, method, target] = /^([A-Z]+) (\S+)(?: HTTP\/1\.\d)?$/.exec(requestLine.trim()) ?? [];
  if (method === undefined || target === undefined) throw badRequest("Failed to parse batch request.");
  return {
    contentId,
    method,
    target: pathOf(target),
    headers: parseHeaders(headerLines),
    body: rest.join("\r\n\r\n"),
  };
}

/** Calls name a path; a whole address is taken for its path. */
function pathOf(target: string): string {
  if (target.startsWith("/")) return target;
  if (!URL.canParse(target)) throw badRequest("Failed to parse batch request.");
  const { pathname, search } = new URL(target);
  return pathname + search;
}

function parseHeaders(lines: readonly string[]): Record<string, string> {
  const named = lines.filter((line) => line.includes(":"));
  return Object.fromEntries(
    named.map((line) => [
      line.slice(0, line.indexOf(":")).trim().toLowerCase(),
      line.slice(line.indexOf(":") + 1).trim(),
    ]),
  );
}
