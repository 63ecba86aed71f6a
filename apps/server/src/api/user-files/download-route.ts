import { Readable } from "node:stream";
import { UserFilePath } from "@driveway/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Image, Library } from "../../library/index.ts";
import { DrivewayError } from "../../platform/index.ts";
import type { ApiServer } from "../api-server.ts";
import { principalOf } from "../principal-of.ts";
import { decideRange, type RangeDecision } from "./byte-range.ts";
import { contentDisposition } from "./content-disposition.ts";
import { findUserFile } from "./find-user-file.ts";
import { matchesEtag } from "./matches-etag.ts";

/**
 * An image's original bytes. They came from strangers: they are sent as what their bytes are, to be saved and not
 * shown as a page, in a sandbox without scripts. They never change, so their SHA-256 is the entity tag.
 */
export function downloadRoute(app: ApiServer, library: Library): void {
  const schema = {
    tags: ["Library"],
    operationId: "downloadUserFile",
    summary: "The original bytes of an image, or a range of them",
    params: UserFilePath,
    response: {
      200: imageBytes("The whole image."),
      206: imageBytes("The range that was asked for."),
      304: z.null().meta({ description: "The caller has these bytes already." }),
    },
  };
  app.get("/api/v2/user-files/:id/download", { schema }, async (request, reply) => {
    const { tenantId } = principalOf(request);
    const image = await findUserFile(library, { tenantId, id: request.params.id });
    const etag = `"${image.sha256}"`;
    void reply.headers({
      etag,
      "accept-ranges": "bytes",
      "cache-control": "private, no-cache",
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
    });
    if (matchesEtag(request.headers["if-none-match"], etag)) return reply.code(304).send(null);
    return sendBytes({ library, image, request, reply, decision: rangeOf(request, image, etag) });
  });
}

function imageBytes(description: string) {
  return { description, content: { "image/*": { schema: z.string().meta({ format: "binary" }) } } };
}

/** A range that is asked of other bytes than these (If-Range, RFC 9110, 13.1.5) is answered with all of these. */
function rangeOf(request: FastifyRequest, image: Image, etag: string): RangeDecision {
  const { range, "if-range": ifRange } = request.headers;
  const other = ifRange !== undefined && ifRange !== etag;
  return other ? { kind: "whole" } : decideRange(range, image.sizeBytes);
}

async function sendBytes(params: {
  readonly library: Library;
  readonly image: Image;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly decision: RangeDecision;
}): Promise<FastifyReply> {
  const { library, image, request, reply, decision } = params;
  if (decision.kind === "unsatisfiable") {
    void reply.header("content-range", `bytes */${image.sizeBytes}`);
    throw new DrivewayError("range_not_satisfiable", `The image has ${image.sizeBytes} bytes.`);
  }
  const range = decision.kind === "part" ? decision.range : null;
  const lengthBytes = range === null ? image.sizeBytes : range.endByte - range.startByte + 1;
  if (range !== null) {
    void reply
      .code(206)
      .header("content-range", `bytes ${range.startByte}-${range.endByte}/${image.sizeBytes}`);
  }
  void reply.headers({
    "content-type": image.mediaType,
    "content-length": lengthBytes,
    "content-disposition": contentDisposition(image.filename),
  });
  // Fastify overwrites the length of a HEAD that is sent nothing, and reads a stream to its end to throw it away.
  return reply.send(request.method === "HEAD" ? Readable.from([]) : await library.openImage(image, range));
}
