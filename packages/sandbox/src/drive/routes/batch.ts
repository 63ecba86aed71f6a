import { randomBytes } from "node:crypto";
import type { FastifyInstance, FastifyRequest, InjectOptions } from "fastify";
import { reachedHost } from "../../hosts/reached-host.ts";
import { type BatchCall, parseBatch } from "../batch/parse-batch.ts";
import { type BatchAnswer, writeBatchResponse } from "../batch/write-batch-response.ts";
import { badRequest, type DriveError, downloadElsewhere } from "../errors.ts";
import { jsonText, originOf } from "./call.ts";
import { bodyOf } from "../../traffic/index.ts";

const METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE"] as const satisfies InjectOptions["method"][];
/** Inner headers that tell something about the answer; the others belong to a connection that there is none of. */
const HEADERS_TOLD = [
  "content-type",
  "content-length",
  "location",
  "vary",
  "cache-control",
  "content-range",
  "retry-after",
];

/** Inner headers of requests that speak of a connection that there is none of, or would make the answer unreadable. */
const CONNECTION_HEADERS = new Set([
  "content-length",
  "transfer-encoding",
  "connection",
  "upgrade",
  "expect",
  "accept-encoding",
  "host",
]);
/** In characters; no address that comes alone is longer, because it lies in the head of a request. */
const LONGEST_TARGET = 16_384;

/**
 * The batch endpoint: up to 100 calls in one request, each answered as if it had come alone, in an order of the
 * server's choosing. Here it is the reverse one, so that a client that counts on the order is found out.
 */
export function registerBatch(scope: FastifyInstance): void {
  scope.post("/batch/drive/v3", { config: { kind: "batch" } }, async (request, reply) => {
    const calls = await parseBatch(bodyOf(request), request.headers["content-type"]);
    const answers = await Promise.all(calls.map((call) => answer(scope, request, call)));
    const boundary = `batch_${randomBytes(24).toString("base64url")}`;
    return reply
      .header("content-type", `multipart/mixed; boundary=${boundary}`)
      .send(writeBatchResponse(answers.reverse(), boundary));
  });
}

async function answer(scope: FastifyInstance, outer: FastifyRequest, call: BatchCall): Promise<BatchAnswer> {
  const refused = refusalOf(outer, call);
  if (refused !== null) return refused;
  const method = METHODS.find((known) => known === call.method);
  if (method === undefined) return refuse(call, `Method ${call.method} cannot be called in a batch.`);
  const response = await scope.inject({
    method,
    url: call.target,
    headers: innerHeaders(outer, call),
    ...(call.body !== "" && { payload: call.body.trim() }),
  });
  const headers = HEADERS_TOLD.flatMap((name) => {
    const value = response.headers[name];
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  return {
    contentId: call.contentId,
    status: response.statusCode,
    headers: Object.fromEntries(headers),
    body: response.payload,
  };
}

/** Uploads, exports and batches cannot be called within a batch, and a download is sent elsewhere. */
function refusalOf(outer: FastifyRequest, call: BatchCall): BatchAnswer | null {
  const address = URL.parse(call.target, originOf(outer));
  if (address === null || call.target.length > LONGEST_TARGET)
    return refuse(call, "Failed to parse the address.");
  const { pathname, searchParams, href } = address;
  const path = decoded(pathname);
  if (!path.startsWith("/drive/v3/") || path.endsWith("/export")) {
    return refuse(call, "This method cannot be called in a batch.");
  }
  const isDownload = searchParams.get("alt")?.toLowerCase() === "media";
  return isDownload ? answerError(call, downloadElsewhere(href)) : null;
}

/** A path as the router reads it, to which `%65` is an `e`; one that it cannot read stays as it is, to be refused there. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

function refuse(call: BatchCall, message: string): BatchAnswer {
  return answerError(call, badRequest(message));
}

function answerError({ contentId }: BatchCall, error: DriveError): BatchAnswer {
  const body = jsonText(error.toEnvelope(), { pretty: true });
  const headers = { "content-type": "application/json; charset=UTF-8", ...error.headers };
  return { contentId, status: error.code, headers, body };
}

function innerHeaders(outer: FastifyRequest, { headers }: BatchCall): Record<string, string> {
  const own = Object.fromEntries(Object.entries(headers).filter(([name]) => !CONNECTION_HEADERS.has(name)));
  const { authorization } = outer.headers;
  const whole = { host: reachedHost(outer), "x-forwarded-proto": outer.protocol };
  return { ...(authorization !== undefined && { authorization }), ...own, ...whole };
}
