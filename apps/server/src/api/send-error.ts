import { ERROR_CODES, type ErrorCode, type ErrorReply } from "@driveway/contract";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { DrivewayError, UnsealError } from "../platform/index.ts";
import { refusedLimitHeaders } from "./edge/rate-limit-headers.ts";

/** What Fastify itself refuses before a route is reached, in our codes. */
const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: "invalid_json",
  FST_ERR_CTP_EMPTY_JSON_BODY: "invalid_json",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "invalid_json",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported_media_type",
  FST_ERR_CTP_INVALID_TYPE: "unsupported_media_type",
  FST_ERR_CTP_BODY_TOO_LARGE: "payload_too_large",
  FST_ERR_BAD_URL: "not_found",
  FST_ERR_INVALID_URL: "not_found",
  FST_ERR_MAX_PARAM_LENGTH: "not_found",
};

const SENTENCES: Partial<Record<ErrorCode, string>> = {
  invalid_json: "The body is not well-formed JSON.",
  unsupported_media_type: "Send the body as application/json.",
  payload_too_large: "The body is larger than this operation takes.",
  not_found: "There is nothing at this address.",
};

/** Answers any error in the one envelope. Faults of ours go to the log with their cause, and to the caller without it. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = toDrivewayError(error);
  const { status } = ERROR_CODES[known.code];
  if (status >= 500) request.log.error({ err: error, errorCode: known.code }, "request failed");
  if (status === 401) void reply.header("www-authenticate", 'Bearer realm="driveway"');
  const retryAfterSeconds = known.details.retry_after;
  if (typeof retryAfterSeconds === "number") void reply.header("retry-after", Math.ceil(retryAfterSeconds));
  if (known.code === "rate_limited") void reply.headers(refusedLimitHeaders(known.details));
  void reply.headers({ "cache-control": "no-store", "x-request-id": request.id });
  return reply.code(status).send(errorEnvelope(known, request.id));
}

/** The one envelope of every error reply. */
export function errorEnvelope(error: DrivewayError, requestId: string): ErrorReply {
  const reauth = error.code === "REAUTH_REQUIRED" ? { requires_reauth: true as const } : {};
  const details = { ...error.details, ...reauth };
  return { error: { code: error.code, message: error.message, details }, request_id: requestId, ...reauth };
}

function toDrivewayError(error: unknown): DrivewayError {
  if (error instanceof DrivewayError) return error;
  if (error instanceof UnsealError) {
    const message = "Driveway cannot open what it keeps for this now; its operator has to put a key back.";
    return new DrivewayError("sealing_key_missing", message, { cause: error });
  }
  const code = FASTIFY_CODES[(error as FastifyError).code];
  if (code !== undefined)
    return new DrivewayError(code, SENTENCES[code] ?? "The request was refused.", { cause: error });
  if (isBadJson(error))
    return new DrivewayError("invalid_json", "The body is not well-formed JSON.", { cause: error });
  return new DrivewayError(
    "internal_error",
    "Something went wrong here. The request id finds it in the log.",
    {
      cause: error,
    },
  );
}

/** Fastify's JSON parser throws a bare SyntaxError with status 400, also for `__proto__` keys. */
function isBadJson(error: unknown): boolean {
  return error instanceof SyntaxError && (error as { statusCode?: number }).statusCode === 400;
}
