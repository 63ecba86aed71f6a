import { badRequest, type DriveError } from "../errors.ts";

const LINE_END = Buffer.from("\r\n");
const LONGEST_LINE_BYTES = 64 * 1024;

/** Finds the boundary that a multipart content type names. Throws 400 `badContent` when it names none. */
function boundaryOf(contentType: string | undefined): string {
  const found = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType ?? "");
  const boundary = found?.[1] ?? found?.[2];
  if (boundary === undefined) throw badRequest("Missing multipart boundary", "badContent");
  return boundary;
}

/** The header fields of a part, by lower-case name. */
export type PartHeaders = ReadonlyMap<string, string>;

/**
 * Reads a multipart body with `read`, and always to its end: a request that is refused amid its body would leave a
 * connection on which no other is answered. Throws like {@link boundaryOf} and {@link MultipartReader}, and as `read` does.
 */
export async function readMultipart<Read>(
  source: AsyncIterable<Uint8Array>,
  contentType: string | undefined,
  read: (reader: MultipartReader) => Promise<Read>,
): Promise<Read> {
  const reader = new MultipartReader(source, boundaryOf(contentType));
  try {
    return await read(reader);
  } finally {
    await reader.drain();
  }
}

/**
 * Reads a multipart body as it arrives, part after part, and holds no more of it than one piece. Follows RFC 2046,
 * section 5.1. Throws 400 `badContent` when the body is not what the boundary promises.
 */
export class MultipartReader {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #delimiter: Buffer;
  /** Begins with a line end, so that a boundary at the very start is found like all others. */
  #buffer = LINE_END;
  #begun = false;

  constructor(source: AsyncIterable<Uint8Array>, boundary: string) {
    this.#source = source[Symbol.asyncIterator]();
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
  }

  /** The headers of the next part; null behind the last one. The former part's body must have been read to its end. */
  async nextPart(): Promise<PartHeaders | null> {
    if (!this.#begun) await this.#skipPreamble();
    const restOfDelimiter = await this.#readLine();
    if (restOfDelimiter.startsWith("--")) return null;
    const headers = new Map<string, string>();
    for (let line = await this.#readLine(); line !== ""; line = await this.#readLine()) {
      const colon = line.indexOf(":");
      if (colon < 1) throw malformed();
      headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
    }
    return headers;
  }

  /** The body of the part at hand, up to the next boundary. */
  async *body(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const end = this.#buffer.indexOf(this.#delimiter);
      const certain = end >= 0 ? end : this.#buffer.byteLength - this.#delimiter.byteLength + 1;
      if (certain > 0) yield this.#take(certain);
      if (end >= 0 && (await this.#takeDelimiter())) return;
      if (end >= 0) yield this.#take(LINE_END.byteLength);
      else if (!(await this.#fill())) throw malformed();
    }
  }

  /** Takes a boundary off the front, unless it is but the beginning of a line of the body. */
  async #takeDelimiter(): Promise<boolean> {
    const length = this.#delimiter.byteLength;
    while (this.#buffer.byteLength < length + 2) if (!(await this.#fill())) throw malformed();
    const isBoundary = /^(?:--|\r\n|[ \t])/.test(this.#buffer.toString("latin1", length, length + 2));
    if (isBoundary) this.#take(length);
    return isBoundary;
  }

  /** The body of the part at hand as one piece. */
  async wholeBody(): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.body()) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** Reads what is left and forgets it. */
  async drain(): Promise<void> {
    while (await this.#fill()) this.#buffer = Buffer.alloc(0);
  }

  async #skipPreamble(): Promise<void> {
    this.#begun = true;
    await this.wholeBody();
  }

  /** A line without its end; at the end of the whole body the line end may be missing. */
  async #readLine(): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf(LINE_END);
      if (end >= 0) {
        const line = this.#take(end).toString("utf8");
        this.#take(LINE_END.byteLength);
        return line;
      }
      if (this.#buffer.byteLength > LONGEST_LINE_BYTES) throw malformed();
      if (await this.#fill()) continue;
      if (this.#buffer.toString("latin1").startsWith("--")) return "--";
      throw malformed();
    }
  }

  #take(bytes: number): Buffer {
    const taken = this.#buffer.subarray(0, bytes);
    this.#buffer = this.#buffer.subarray(bytes);
    return taken;
  }

  async #fill(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done) return false;
    this.#buffer = Buffer.concat([this.#buffer, next.value]);
    return true;
  }
}

function malformed(): DriveError {
  return badRequest("Malformed multipart body.", "badContent");
}
