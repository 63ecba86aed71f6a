import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { shortErrorPage } from "./pages/index.ts";

const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * Answers what is no HTTP request, or one whose head is too large or takes too long, with a page, and ends the
 * connection. To be given to a server as its `clientError`.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUS_BY_CODE[error.code ?? ""] ?? 400;
  const page = shortErrorPage(status);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "content-type: text/html; charset=utf-8",
    `content-length: ${Buffer.byteLength(page)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${page}`, () => socket.destroy());
}
