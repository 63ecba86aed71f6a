import { z } from "zod";

/**
 * Every code that an error reply can carry, with its HTTP status and what it means. Codes are stable: they may be
 * added, never renamed. The page of error codes in the documentation and the API's status mapping are made from this list.
 */
export const ERROR_CODES = {
  invalid_json: { status: 400, meaning: "The body is not well-formed JSON." },
  unknown_field: {
    status: 422,
    meaning: "The request has a field or parameter that this operation does not know.",
  },
  validation_failed: {
    status: 422,
    meaning: "The request does not fit the schema; `details.issues` names each field.",
  },
  unsupported_media_type: { status: 415, meaning: "The body's Content-Type is not application/json." },
  payload_too_large: { status: 413, meaning: "The body is larger than this operation takes." },
  range_not_satisfiable: {
    status: 416,
    meaning: "The Range header asks for bytes beyond the end of the image.",
  },
  too_many_files: { status: 413, meaning: "The request names more files than MAX_FILES_PER_JOB." },
  unauthenticated: { status: 401, meaning: "No valid session, API key or JWT came with the request." },
  REAUTH_REQUIRED: {
    status: 401,
    meaning: "The provider no longer accepts the grant; the user must connect again.",
  },
  picker_session_invalid: { status: 401, meaning: "The picker session is unknown, expired or ended." },
  invalid_credentials: { status: 401, meaning: "The e-mail address or the password is wrong." },
  forbidden: { status: 403, meaning: "It exists, but belongs to somebody else in the workspace." },
  insufficient_scope: {
    status: 403,
    meaning: "The credential does not carry the scope that this operation needs.",
  },
  origin_not_allowed: { status: 403, meaning: "The page's origin is not in ALLOWED_ORIGINS." },
  not_found: { status: 404, meaning: "There is nothing at this address." },
  unknown_provider: { status: 404, meaning: "No provider of this name is configured." },
  connection_not_found: { status: 404, meaning: "There is no such connection." },
  job_not_found: { status: 404, meaning: "There is no such job." },
  image_not_found: { status: 404, meaning: "There is no such image, or one of several is missing." },
  not_a_folder: { status: 400, meaning: "The folder_id names something that is not a folder." },
  folder_trashed: { status: 400, meaning: "The folder of the folder_id is in the Drive's trash." },
  collection_not_found: { status: 404, meaning: "There is no such collection." },
  api_key_not_found: { status: 404, meaning: "There is no such API key." },
  member_not_found: { status: 404, meaning: "The workspace has no such member." },
  invitation_not_found: { status: 404, meaning: "There is no such open invitation." },
  invitation_invalid: {
    status: 400,
    meaning: "The invitation is unknown, used, revoked, replaced or expired.",
  },
  account_exists: {
    status: 409,
    meaning: "The invited address already signs in here; a user belongs to one workspace.",
  },
  member_exists: { status: 409, meaning: "The invited address belongs to a member of the workspace." },
  last_admin: { status: 409, meaning: "A workspace keeps one admin at least; this is the last one." },
  confirmation_mismatch: {
    status: 400,
    meaning: "The confirmation is not the name of the workspace.",
  },
  attempt_not_found: { status: 404, meaning: "There is no such OAuth attempt." },
  expiry_not_in_future: { status: 400, meaning: "What is to be made would have expired already." },
  account_being_disconnected: {
    status: 409,
    meaning: "The grant of this account is just being revoked; connect it again in a moment.",
  },
  job_not_finished: {
    status: 409,
    meaning: "The job is still at work; what failed can be retried at its end.",
  },
  job_not_open: { status: 409, meaning: "The job has ended; there is nothing to cancel." },
  nothing_to_retry: { status: 409, meaning: "No file of the job has failed." },
  idempotency_key_reused: {
    status: 422,
    meaning: "The Idempotency-Key came with another request before; a new request needs a new key.",
  },
  idempotency_key_in_flight: {
    status: 409,
    meaning:
      "The first request with this Idempotency-Key is still being answered; `Retry-After` tells when to come back.",
  },
  too_many_open_jobs: {
    status: 429,
    meaning:
      "The workspace has as many open jobs, or files in them, as it may have; `Retry-After` tells when to come back.",
  },
  storage_quota_exceeded: {
    status: 507,
    meaning: "The workspace has not enough of its STORAGE_QUOTA_BYTES left. Nothing was written.",
  },
  provider_mismatch: { status: 400, meaning: "The provider in the body is not the one in the path." },
  redirect_uri_not_allowed: { status: 400, meaning: "The redirect URI is not in OAUTH_REDIRECT_URIS." },
  redirect_uri_mismatch: {
    status: 400,
    meaning: "The redirect URI is not the one that the attempt began with.",
  },
  return_url_not_allowed: {
    status: 400,
    meaning: "The return URL is no plain address at an origin of ALLOWED_ORIGINS, or no page asked for it.",
  },
  invalid_attempt_secret: {
    status: 400,
    meaning: "The attempt_secret is not the one that the attempt began with.",
  },
  invalid_state: { status: 400, meaning: "The state belongs to no attempt." },
  state_expired: { status: 400, meaning: "The attempt is older than ten minutes." },
  state_used: { status: 400, meaning: "The attempt has already ended." },
  issuer_mismatch: { status: 400, meaning: "The callback names another issuer than the one that was asked." },
  invalid_code: { status: 400, meaning: "The provider does not accept the authorization code." },
  access_denied: { status: 400, meaning: "The user refused, or the provider did not let them decide." },
  scope_not_granted: { status: 400, meaning: "The user did not grant access to the Drive." },
  endpoint_not_allowed: { status: 400, meaning: "The picker proxy does not serve this endpoint." },
  parameter_not_allowed: { status: 400, meaning: "The picker proxy does not pass on this parameter." },
  provider_bad_request: { status: 400, meaning: "The provider refused the request as malformed." },
  provider_forbidden: { status: 403, meaning: "The provider does not allow this for this account or file." },
  provider_not_found: {
    status: 404,
    meaning: "The provider has no such file, or does not show it to Driveway.",
  },
  provider_rate_limited: { status: 429, meaning: "The provider asks for a slower pace." },
  provider_failed: {
    status: 502,
    meaning: "The provider answered with a fault of its own, or not intelligibly.",
  },
  oauth_client_refused: {
    status: 502,
    meaning:
      "The provider refuses Driveway's own OAuth client, or its API is not switched on; the operator has to mend it. The connection is kept as it is.",
  },
  provider_timeout: { status: 504, meaning: "The provider did not answer in time." },
  provider_quota_full: {
    status: 507,
    meaning:
      "There is no room at the provider: the account's storage, the shared drive or the folder is full, or has not " +
      "enough left for what is to go there.",
  },
  storage_unavailable: { status: 503, meaning: "The blob store cannot be read or written now." },
  sealing_key_missing: {
    status: 503,
    meaning:
      "Driveway cannot open the connection's tokens: an encryption key is not configured. Nothing is lost; it works again when the operator puts the key back.",
  },
  rate_limited: { status: 429, meaning: "Too many requests; `Retry-After` tells when to come back." },
  service_unavailable: {
    status: 503,
    meaning:
      "The service is starting, stopping, or without its database or the keys that JWTs are checked with.",
  },
  overloaded: {
    status: 503,
    meaning:
      "This process has more work of this kind than it can take; `Retry-After` tells when to come back.",
  },
  malformed_request: { status: 400, meaning: "The request is not well-formed HTTP." },
  request_timeout: { status: 408, meaning: "The request did not arrive in time." },
  uri_too_long: { status: 414, meaning: "The address is longer than 8 KiB." },
  expectation_failed: {
    status: 417,
    meaning: "The Expect header asks for something else than 100-continue.",
  },
  headers_too_large: { status: 431, meaning: "The headers are larger than 16 KiB." },
  internal_error: { status: 500, meaning: "A fault of Driveway; the request id finds it in the log." },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

const errorCodes = Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]];

/** The one envelope of every error reply. */
export const ErrorReply = z
  .object({
    error: z.object({
      code: z.enum(errorCodes),
      message: z.string().meta({ description: "One sentence for the caller." }),
      details: z.record(z.string(), z.unknown()),
    }),
    request_id: z.string(),
    requires_reauth: z
      .literal(true)
      .optional()
      .meta({ description: "Present when the provider's grant is dead." }),
  })
  .meta({ id: "Error" });
export type ErrorReply = z.infer<typeof ErrorReply>;
