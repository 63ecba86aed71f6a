import { createHash, type Hash } from "node:crypto";
import { pipeline, Transform } from "node:stream";
import type { ApiServer } from "../api-server.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** What was read of the request's body, hashed; null for requests without an Idempotency-Key. */
    requestHash: Hash | null;
  }
}

/**
 * Hashes requests that bring an Idempotency-Key while they arrive, as the bytes that they are: a body of 32 MiB is neither
 * parsed a second time nor held for it.
 */
export function hashRepeatableBodies(app: ApiServer): void {
  app.decorateRequest("requestHash", null);
  app.addHook("preParsing", async (request, _reply, payload) => {
    if (request.headers["idempotency-key"] === undefined) return payload;
    const hash = createHash("sha256").update(`${request.method} ${request.url}\n`);
    request.requestHash = hash;
    const { "content-length": length = "0", "transfer-encoding": encoding } = request.headers;
    if (encoding === undefined && Number(length) === 0) return payload;
    const tee = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    // A body that breaks off breaks the copy off too, and its reader hears of it there.
    return pipeline(payload, tee, () => undefined);
  });
}
