import { randomBytes } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { parseByteRange } from "../byte-range.ts";
import type { FileContent } from "../content.ts";
import { countedOut } from "../../traffic/index.ts";
import { ContentStream } from "./content-stream.ts";

/**
 * Answers with bytes, as fast as the reader takes them: 200 with all of them, 206 with the range that was asked for.
 * A HEAD gets the same headers, and nothing is read for it. Throws 416 as parseByteRange does.
 */
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
    .header("x-guploader-uploadid", `AB${randomBytes(24).toString("base64url")}`)
    .header("server", "UploadServer");
  const pieces = request.method === "HEAD" ? [] : content.read(span);
  return reply.send(new ContentStream(countedOut(request, pieces)));
}
