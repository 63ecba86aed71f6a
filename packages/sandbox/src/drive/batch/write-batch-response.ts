import { STATUS_CODES } from "node:http";

/** The answer to one call within a batch. */
export interface BatchAnswer {
  readonly contentId: string | null;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Writes the answers of a batch as multipart/mixed, each a whole HTTP response with the id of its call. */
export function writeBatchResponse(answers: readonly BatchAnswer[], boundary: string): string {
  const parts = answers.map((answer) => `--${boundary}\r\n${writePart(answer)}\r\n`);
  return `${parts.join("")}--${boundary}--\r\n`;
}

function writePart({ contentId, status, headers, body }: BatchAnswer): string {
  const partHeaders = ["Content-Type: application/http"];
  if (contentId !== null) partHeaders.push(`Content-ID: <response-${contentId}>`);
  const headerLines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`, ...headerLines].join("\r\n");
  return `${partHeaders.join("\r\n")}\r\n\r\n${head}\r\n\r\n${body}`;
}
