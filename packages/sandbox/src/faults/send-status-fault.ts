import type { FastifyReply, FastifyRequest } from "fastify";
import type { HardFault } from "./read-fault.ts";
import { refusalFor } from "./refusal-for.ts";

type StatusFault = Extract<HardFault, { kind: "status" }>;

const HTML = "text/html; charset=UTF-8";

/** The status with which each error comes at the OAuth endpoints (RFC 6749, section 5.2, and Google's own). */
const OAUTH_STATUSES: ReadonlyMap<string, number> = new Map([
  ["invalid_grant", 400],
  ["invalid_request", 400],
  ["invalid_scope", 400],
  ["invalid_token", 400],
  ["unsupported_grant_type", 400],
  ["redirect_uri_mismatch", 400],
  ["admin_policy_enforced", 400],
  ["invalid_client", 401],
  ["unauthorized_client", 401],
  ["access_denied", 403],
  ["rate_limit_exceeded", 429],
  ["internal_failure", 503],
]);

/** Answers with the error that a status fault asks for: in Drive's envelope, flat at the OAuth endpoints, as a page, or empty. */
export function sendStatusFault(
  request: FastifyRequest,
  reply: FastifyReply,
  { fault, nowMs }: { fault: StatusFault; nowMs: number },
): FastifyReply {
  const isOAuth = request.traffic.kind.startsWith("oauth.");
  const { clientId, fileId } = request.traffic;
  const refusal = refusalFor(fault, { clientId: clientId ?? "", fileId: fileId ?? "" });
  const status = (isOAuth ? (fault.status ?? oauthStatusOf(fault)) : undefined) ?? refusal.code;
  reply.code(status);
  if (fault.retryAfterSeconds !== undefined) reply.header("retry-after", retryAfter(fault, nowMs));
  if (fault.body === "empty") return reply.header("content-length", 0).send();
  if (fault.body === "html") return reply.type(HTML).send(errorPage(status));
  if (!isOAuth) return sendJson(reply, refusal.toEnvelope());
  return sendJson(reply, {
    error: fault.reason ?? oauthErrorOf(status),
    ...(fault.message !== undefined && { error_description: fault.message }),
    ...(fault.subtype !== undefined && { error_subtype: fault.subtype }),
  });
}

/** Answers 200 with a page that asks to sign in, where bytes or JSON were asked for. */
export function sendHtmlFault(reply: FastifyReply): FastifyReply {
  const page =
    "<!doctype html><html><head><title>Sign in</title></head><body>Sign in to continue.</body></html>\n";
  return reply.code(200).type(HTML).send(page);
}

function oauthStatusOf({ reason = "internal_failure" }: StatusFault): number | undefined {
  return OAUTH_STATUSES.get(reason);
}

/** The first error of this status that is usual. */
function oauthErrorOf(status: number): string {
  const usual = [...OAUTH_STATUSES].find(([, usualStatus]) => usualStatus === status);
  return usual?.[0] ?? "internal_failure";
}

function errorPage(status: number): string {
  return `<!doctype html><html lang="en"><title>Error ${status}</title><p><b>${status}.</b> That is an error. Please try again in 30 seconds.</html>\n`;
}

function sendJson(reply: FastifyReply, value: object): FastifyReply {
  return reply.type("application/json; charset=UTF-8").send(`${JSON.stringify(value, null, 2)}\n`);
}

function retryAfter({ retryAfterSeconds = 0, retryAfterAsDate }: StatusFault, nowMs: number): string {
  if (!retryAfterAsDate) return String(retryAfterSeconds);
  return new Date(nowMs + retryAfterSeconds * 1000).toUTCString();
}
