import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { parseByteRange } from "../byte-range.ts";
import { type FileContent, readAll } from "../content.ts";
import { countedOut } from "../../traffic/index.ts";

/** Content up to this size is sent as one piece; larger content as fast as the reader takes it. */
const SENT_AT_ONCE_BYTES = 256 * 1024;

/** Answers with bytes: 200 with all of them, 206 with the range that was asked for. Throws 416 as parseByteRange does. */
export function sendContent(
  request: FastifyRequest,
  reply: FastifyReply,
  { content, mimeType }: { content: FileContent; mimeType: string },
): FastifyReply {
  const range = parseByteRange(request.headers.range, content.sizeBytes);
  const span = range ?? { start: 0, end: content.sizeBytes };
  if (range)
    reply.code(206).header("content-range", `bytes ${span.start}-${span.end - 1}/${content.sizeBytes}`);
  reply
    .header("content-type", mimeType)
    .header("content-length", span.end - span.start)
    .header("content-disposition", "attachment")
    .header("cache-control", "private, max-age=0, must-revalidate")
    .header("vary", "Origin, X-Origin")
    .header("server", "UploadServer");
  if (span.end - span.start <= SENT_AT_ONCE_BYTES) return reply.send(readAll(content, span));
  return reply.send(Readable.from(countedOut(request, content.read(span)), { objectMode: false }));
}
