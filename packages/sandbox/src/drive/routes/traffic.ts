import type { FastifyInstance, FastifyRequest } from "fastify";

/** One request that was answered, for the request log. Bytes are those of the bodies. */
export interface DriveRequestReport {
  readonly kind: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
}

/** What a route calls its requests in the log; some routes serve several methods of Drive. */
type RequestKind = string | ((request: FastifyRequest) => string);

declare module "fastify" {
  interface FastifyContextConfig {
    driveRequestKind?: RequestKind;
  }
  interface FastifyRequest {
    /** Bytes of the request's body that were read; null where nobody counts and Content-Length says it. */
    driveBytesIn: number | null;
    /** Bytes of the reply's body that were handed out; null where nobody counts and Content-Length says it. */
    driveBytesOut: number | null;
  }
}

/** Reports every request of the routes registered in this scope once it is answered. */
export function reportTraffic(scope: FastifyInstance, record: (report: DriveRequestReport) => void): void {
  scope.decorateRequest("driveBytesIn", null);
  scope.decorateRequest("driveBytesOut", null);
  scope.addHook("onResponse", (request, reply, done) => {
    const kind = request.routeOptions.config.driveRequestKind ?? "unknown";
    record({
      kind: typeof kind === "string" ? kind : kind(request),
      method: request.method,
      path: request.url.split("?", 1)[0] ?? "",
      status: reply.statusCode,
      bytesOut: request.driveBytesOut ?? Number(reply.getHeader("content-length") ?? 0),
      bytesIn: request.driveBytesIn ?? Number(request.headers["content-length"] ?? 0),
    });
    done();
  });
}

/** The body of a request as it arrives, counted. */
export async function* bodyOf(request: FastifyRequest): AsyncGenerator<Uint8Array> {
  request.driveBytesIn = 0;
  for await (const piece of request.raw as AsyncIterable<Uint8Array>) {
    request.driveBytesIn += piece.byteLength;
    yield piece;
  }
}

/** Pieces of a reply's body as they are taken from here, counted. */
export function* countedOut(request: FastifyRequest, pieces: Iterable<Uint8Array>): Iterable<Uint8Array> {
  request.driveBytesOut = 0;
  for (const piece of pieces) {
    request.driveBytesOut += piece.byteLength;
    yield piece;
  }
}
