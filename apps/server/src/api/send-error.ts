import { ERROR_CODES, type ErrorCode, type ErrorReply } from "@driveway/contract";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { DrivewayError } from "../platform/index.ts";

/** What Fastify itself refuses before a route is reached, in our codes. */
const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: "invalid_json",
  FST_ERR_CTP_EMPTY_JSON_BODY: "invalid_json",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "invalid_json",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported_media_type",
  FST_ERR_CTP_INVALID_TYPE: "unsupported_media_type",
  FST_ERR_CTP_BODY_TOO_LARGE: "payload_too_large",
  FST_ERR_BAD_URL: "not_found",
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
  if (status >= 500) request.log.error({ err: error, code: known.code }, "request failed");
  if (status === 401) void reply.header("www-authenticate", 'Bearer realm="driveway"');
  const retryAfterSeconds = known.details.retry_after;
  if (typeof retryAfterSeconds === "number") void reply.header("retry-after", Math.ceil(retryAfterSeconds));
  void reply.headers({ "cache-control": "no-store", "x-request-id": request.id });
  return reply.code(status).send(envelope(known, request.id));
}

function envelope(error: DrivewayError, requestId: string): ErrorReply {
  const reauth = error.code === "REAUTH_REQUIRED" ? { requires_reauth: true as const } : {};
  const details = { ...error.details, ...reauth };
  return { error: { code: error.code, message: error.message, details }, request_id: requestId, ...reauth };
}

function toDrivewayError(error: unknown): DrivewayError {
  if (error instanceof DrivewayError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return validationError(error);
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

interface Issue {
  readonly field: string;
  readonly message: string;
}

interface SchemaError {
  readonly validation: readonly {
    readonly instancePath: string;
    readonly message?: string;
    /** zod's code of the issue. */
    readonly keyword?: string;
    readonly params?: { readonly keys?: readonly string[] };
  }[];
  readonly validationContext?: string;
}

function validationError(error: unknown): DrivewayError {
  const { validation, validationContext } = error as SchemaError;
  const issues: Issue[] = [];
  let unknownOnly = true;
  for (const entry of validation) {
    const at = entry.instancePath.replace(/^\//, "").replaceAll("/", ".");
    const keys = entry.keyword === "unrecognized_keys" ? entry.params?.keys : undefined;
    if (keys === undefined) {
      unknownOnly = false;
      issues.push({
        field: at === "" ? (validationContext ?? "body") : at,
        message: entry.message ?? "is not valid",
      });
    } else {
      for (const key of keys)
        issues.push({ field: at === "" ? key : `${at}.${key}`, message: "is not a known field" });
    }
  }
  const first = issues[0] ?? { field: "body", message: "is not valid" };
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  return new DrivewayError(
    unknownOnly ? "unknown_field" : "validation_failed",
    `${first.field}: ${first.message}${more}`,
    { details: { in: validationContext ?? "body", issues: issues.slice(0, 100) } },
  );
}
