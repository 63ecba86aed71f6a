/** One part of a batch's answer. */
export interface BatchPart {
  /** The number that the request gave this part. */
  readonly index: number;
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: string;
}

/** One GET request of a batch. Names and values of headers are free of line breaks. */
interface BatchCall {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Writes the body of a batch of GET requests; each part is numbered by its place (Drive API guide "Batch requests"). */
export function encodeBatch(calls: readonly BatchCall[], boundary: string): string {
  const parts = calls.map(({ path, headers = {} }, index) => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return `--${boundary}\r\nContent-Type: application/http\r\nContent-ID: <item-${index}>\r\n\r\nGET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
  });
  return `${parts.join("")}--${boundary}--\r\n`;
}

/** Reads the answer of a batch. Parts may come in any order; what is not a numbered part is left out. */
export function parseBatch(contentType: string, body: string): BatchPart[] {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) return [];
  return body
    .split(
      new RegExp(`(?:^|\\r?\\n)--${boundary.replace(/[^A-Za-z0-9]/g, "\\$&")}(?:--)?[ \\t]*(?:\\r?\\n|$)`),
    )
    .map(parsePart)
    .filter((part) => part !== null);
}

function parsePart(text: string): BatchPart | null {
  const [partHead, inner] = cut(text);
  const index = /^content-id:\s*<?response-item-(\d+)>?\s*$/im.exec(partHead)?.[1];
  const status = /^HTTP\/\S+ (\d{3})/.exec(inner)?.[1];
  if (index === undefined || status === undefined) return null;
  const [head, body] = cut(inner);
  const retryAfter = /^retry-after:\s*(.+?)\s*$/im.exec(head)?.[1] ?? null;
  return { index: Number(index), status: Number(status), retryAfter, body };
}

/** Splits at the first empty line, into head and body. */
function cut(text: string): [string, string] {
  const gap = /\r?\n\r?\n/.exec(text);
  return gap === null ? [text, ""] : [text.slice(0, gap.index), text.slice(gap.index + gap[0].length)];
}
