import { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { RequestEntry } from "./request-entry.ts";
import type { RequestLog } from "./request-log.ts";

/** What a route calls its requests; some routes serve several methods of the API. */
type RequestKind = string | ((request: FastifyRequest) => string);

/** What is known of a request so far: its entry in the log, filled in on the way. */
type Traffic = { -readonly [Name in keyof RequestEntry]: RequestEntry[Name] };

declare module "fastify" {
  interface FastifyContextConfig {
    /** Under which name the route's requests are in the log, cost units and meet faults. Pages have none. */
    kind?: RequestKind;
    /** All the names that a `kind` which is a function gives. */
    kinds?: readonly string[];
  }
  interface FastifyRequest {
    traffic: Traffic;
    /** What the body goes through before it is read; null for nothing. */
    bodyThrough: ((pieces: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>) | null;
    /** No more than so many bytes of the body are kept by an upload session; null for all that it would keep. */
    mostBytesKept: number | null;
    /** The answer is less than it says it is, even when all that was written of it is sent. */
    isAnswerBroken: boolean;
  }
}

/** Logs every request to the routes that are added from here on, pages excepted. `kinds` gets the names of all their requests. */
export function watchTraffic(
  app: FastifyInstance,
  { requests, kinds, now }: { requests: RequestLog; kinds: Set<string>; now: () => number },
): void {
  app.decorateRequest("traffic");
  app.decorateRequest("bodyThrough", null);
  app.decorateRequest("mostBytesKept", null);
  app.decorateRequest("isAnswerBroken", false);
  app.addHook("onRoute", ({ config }) => {
    const { kind, kinds: several = [] } = config ?? {};
    for (const each of typeof kind === "string" ? [kind] : several) kinds.add(each);
  });
  app.addHook("onRequest", (request, reply, done) => {
    request.traffic = trafficOf(request, now());
    if (isPage(request)) return done();
    reply.raw.once("close", () => settle(requests, request, reply));
    done();
  });
  app.addHook("onSend", (request, reply, _payload, done) => {
    if (!isPage(request)) note(requests, request, reply);
    done();
  });
  app.addHook("onResponse", (request, reply, done) => {
    if (!isPage(request)) settle(requests, request, reply);
    done();
  });
}

/** The body of a request as it arrives, counted. */
export async function* bodyOf(request: FastifyRequest): AsyncGenerator<Uint8Array> {
  request.traffic.bytesIn = 0;
  const pieces = request.raw as AsyncIterable<Uint8Array>;
  for await (const piece of request.bodyThrough?.(pieces) ?? pieces) {
    request.traffic.bytesIn += piece.byteLength;
    yield piece;
  }
}

/** Pieces of a reply's body as they are taken from here, counted. */
export function* countedOut(request: FastifyRequest, pieces: Iterable<Uint8Array>): Iterable<Uint8Array> {
  request.traffic.bytesOut = 0;
  for (const piece of pieces) {
    request.traffic.bytesOut += piece.byteLength;
    yield piece;
  }
}

function isPage(request: FastifyRequest): boolean {
  return request.routeOptions.config.kind === undefined && !request.is404;
}

function trafficOf(request: FastifyRequest, atMs: number): Traffic {
  const { kind = "unknown" } = request.routeOptions.config;
  const { fileId } = request.params as { fileId?: string };
  return {
    kind: typeof kind === "string" ? kind : kind(request),
    method: request.method,
    path: request.url.split("?", 1)[0] ?? "",
    fileId: fileId ?? null,
    email: null,
    clientId: null,
    batched: !(request.raw instanceof IncomingMessage),
    units: 0,
    fault: null,
    status: 0,
    outcome: "open",
    bytesIn: Number(request.headers["content-length"] ?? 0),
    bytesOut: 0,
    atMs,
  };
}

/** Puts the request into the log, with the status that it is about to get, unless nobody is there any more to get it. */
function note(requests: RequestLog, { traffic }: FastifyRequest, reply: FastifyReply): void {
  if (traffic.status !== 0 || traffic.outcome !== "open" || reply.raw.socket?.destroyed) return;
  traffic.status = reply.statusCode;
  requests.add(traffic);
}

/** Completes the entry, and makes up for it when the connection went before there was an answer. */
function settle(
  requests: RequestLog,
  { traffic, isAnswerBroken }: FastifyRequest,
  reply: FastifyReply,
): void {
  if (traffic.outcome !== "open") return;
  const isAnswered = traffic.status !== 0;
  const isSent = isAnswered && !isAnswerBroken && reply.raw.writableFinished;
  traffic.outcome = isSent ? "sent" : "cut";
  const isToldByLength = isSent && traffic.bytesOut === 0 && traffic.method !== "HEAD";
  if (isToldByLength) traffic.bytesOut = Number(reply.getHeader("content-length") ?? 0);
  if (isAnswered) requests.complete(traffic);
  else requests.add(traffic);
}
