import type { FastifyInstance } from "fastify";
import { canReadContent, requireFile } from "../caller.ts";
import { fileNotFound } from "../errors.ts";
import { parseThumbnailKey } from "../thumbnails.ts";
import { openCall } from "./call.ts";
import type { DriveContext } from "./drive-context.ts";

/** What `thumbnailLink` leads to. The link alone is not enough: it takes a credential that may read the file. */
export function registerThumbnail(scope: FastifyInstance, context: DriveContext): void {
  scope.get("/drive-storage/:key", { config: { kind: "thumbnail" } }, async (request, reply) => {
    const { caller } = openCall(context, request, "readContent", "thumbnail");
    const { key } = request.params as { key: string };
    const asked = parseThumbnailKey(key, context.now());
    if (asked === null) throw fileNotFound(key);
    const file = requireFile(context.store, caller, asked.fileId);
    if (!canReadContent(context.store, caller, file)) throw fileNotFound(file.id);
    const picture = await context.thumbnails.of(file, asked.box);
    if (picture === null) throw fileNotFound(file.id);
    return reply
      .header("content-type", "image/jpeg")
      .header("cache-control", "private, max-age=86400")
      .send(picture);
  });
}
