import type { FastifyReply, FastifyRequest } from "fastify";
import { DrivewayError } from "../../platform/index.ts";

const MAX_URL_LENGTH = 8 * 1024;

/** Headers of which Node keeps the first and a proxy may keep the last, so that two of them mean two requests. */
const ONCE = new Set(["host", "authorization", "content-type"]);

/**
 * Refuses what Node lets pass and what has no one meaning: a header twice that says who asks or what is sent, no Host in
 * HTTP/1.1 (RFC 9112, 3.2), an address that is too long, an expectation that nobody knows (RFC 9110, 10.1.1).
 */
export async function refuseMalformed(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const fault = faultOf(request);
  if (fault === null) return;
  void reply.header("connection", "close");
  throw fault;
}

function faultOf({ raw }: FastifyRequest): DrivewayError | null {
  const twice = doubledHeader(raw.rawHeaders);
  if (twice !== null) return new DrivewayError("malformed_request", `The header ${twice} stands twice.`);
  if (raw.httpVersion === "1.1" && raw.headers.host === undefined)
    return new DrivewayError("malformed_request", "The header host is missing.");
  if ((raw.url ?? "").length > MAX_URL_LENGTH)
    return new DrivewayError("uri_too_long", "The address is longer than 8 KiB.");
  const { expect } = raw.headers;
  if (expect !== undefined && expect.toLowerCase() !== "100-continue")
    return new DrivewayError("expectation_failed", "Nothing but 100-continue can be expected.");
  return null;
}

/** @param rawHeaders names and values by turns, as they came */
function doubledHeader(rawHeaders: readonly string[]): string | null {
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? "";
    if (ONCE.has(name) && seen.has(name)) return name;
    seen.add(name);
  }
  return null;
}
