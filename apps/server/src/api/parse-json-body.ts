import type { ContentTypeParserDoneFunction } from "fastify/types/content-type-parser.js";
import type { ApiServer } from "./api-server.ts";
import type { LargeBody } from "./large-bodies/large-body.ts";
import { createLargeBodyReader } from "./large-bodies/read-in-thread.ts";

/** From this size on, the bodies of operations that name many files are read in a thread of their own. */
const LARGE_BODY_BYTES = 256 * 1024;

/**
 * Reads JSON bodies. An empty one is no fault where no body is asked for: clients name the content type of bodies that
 * they do not send. Keys that would change an object's prototype are refused.
 */
export function parseJsonBody(app: ApiServer): void {
  const parse = app.getDefaultJsonParser("error", "error");
  const readLarge = createLargeBodyReader();
  app.addContentTypeParser<Buffer>("application/json", { parseAs: "buffer" }, (request, body, done) => {
    const { schema, config } = request.routeOptions;
    if (body.length === 0 && schema?.body === undefined) {
      done(null, undefined);
    } else if (config.largeBody !== undefined && body.length >= LARGE_BODY_BYTES) {
      void hand(readLarge(config.largeBody, body), done);
    } else {
      void parse(request, body.toString(), done);
    }
  });
}

async function hand(reading: Promise<LargeBody>, done: ContentTypeParserDoneFunction): Promise<void> {
  const [read] = await Promise.allSettled([reading]);
  if (read.status === "fulfilled") done(null, read.value);
  else done(read.reason as Error);
}
