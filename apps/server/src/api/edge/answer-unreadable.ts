import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { ERROR_CODES, type ErrorCode } from "@driveway/contract";
import { DrivewayError } from "../../platform/index.ts";
import { errorEnvelope } from "../send-error.ts";

const CODES: Readonly<Record<string, ErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "request_timeout",
  HPE_HEADER_OVERFLOW: "headers_too_large",
};

const SENTENCES: Partial<Record<ErrorCode, string>> = {
  request_timeout: "The request did not arrive in time.",
  headers_too_large: "The headers of the request are larger than 16 KiB.",
};

/**
 * Answers what never became a request, in the envelope of all errors, and closes the connection: who has lost their place in
 * the stream of bytes must not go on (RFC 9112, 2.2). Nothing is said into an answer that has begun.
 */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  const underWay = (socket as { _httpMessage?: { headersSent: boolean } | null })._httpMessage;
  if (error.code === "ECONNRESET" || !socket.writable || underWay?.headersSent === true) {
    socket.destroy();
    return;
  }
  const code = CODES[error.code ?? ""] ?? "malformed_request";
  const message = SENTENCES[code] ?? "The request is not well-formed HTTP.";
  socket.write(rawReply(new DrivewayError(code, message)));
  socket.destroySoon();
}

function rawReply(error: DrivewayError): string {
  const { status } = ERROR_CODES[error.code];
  const requestId = randomUUID();
  const body = JSON.stringify(errorEnvelope(error, requestId));
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Cache-Control: no-store",
    "X-Content-Type-Options: nosniff",
    `X-Request-Id: ${requestId}`,
    "Connection: close",
    "",
    body,
  ].join("\r\n");
}
