import { type CollectedContent, ContentCollector } from "../content.ts";
import { badRequest } from "../errors.ts";
import { type MultipartReader, readMultipart } from "../multipart/multipart-reader.ts";
import { type FileBody, parseFileJson } from "../writing/parse-file-body.ts";

/** A file described and brought by one request. */
export interface MultipartUpload {
  readonly body: FileBody;
  /** The type that the second part states; null when it states none. */
  readonly mediaType: string | null;
  readonly content: CollectedContent;
}

/**
 * Reads a multipart/related upload: a part of JSON, then a part with the bytes, which may be in base64.
 * Throws 400 `badContent` when the body is not made so, and 400 `parseError` when the first part is no JSON object.
 */
export function readMultipartUpload(
  source: AsyncIterable<Uint8Array>,
  contentType: string | undefined,
): Promise<MultipartUpload> {
  return readMultipart(source, contentType, readParts);
}

async function readParts(reader: MultipartReader): Promise<MultipartUpload> {
  if ((await reader.nextPart()) === null) throw wrongParts();
  const body = parseFileJson((await reader.wholeBody()).toString("utf8"));
  const headers = await reader.nextPart();
  if (headers === null) throw wrongParts();
  const isBase64 = headers.get("content-transfer-encoding")?.toLowerCase() === "base64";
  const collector = new ContentCollector();
  if (isBase64) collector.add(Buffer.from((await reader.wholeBody()).toString("latin1"), "base64"));
  else for await (const piece of reader.body()) collector.add(piece);
  if ((await reader.nextPart()) !== null) throw wrongParts();
  return { body, mediaType: headers.get("content-type") ?? null, content: collector.finish() };
}

function wrongParts() {
  return badRequest(
    "A multipart upload has a part of metadata and a part of media, and no others.",
    "badContent",
  );
}
