import { createHash } from "node:crypto";

/** The largest piece in which content is handed out, so that a slow reader holds little of it at a time. */
const PIECE_BYTES = 256 * 1024;

/** The bytes of one revision of a file, wherever they come from. They never change and may be read any number of times. */
export interface FileContent {
  readonly sizeBytes: number;
  /**
   * The bytes from `start` (inclusive) to `end` (exclusive), in order, in pieces of at most 1 MiB. Nobody may write to the
   * pieces: other readers get the same memory.
   */
  read(range: ByteSpan): Iterable<Uint8Array>;
}

/** A stretch of bytes: `start` inclusive, `end` exclusive. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

/** Content that lies in memory, in the pieces in which it arrived. */
export class MemoryContent implements FileContent {
  readonly sizeBytes: number;
  readonly #pieces: readonly Uint8Array[];

  constructor(pieces: readonly Uint8Array[]) {
    this.#pieces = pieces;
    this.sizeBytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  }

  *read({ start, end }: ByteSpan): Iterable<Uint8Array> {
    let pieceStart = 0;
    for (const piece of this.#pieces) {
      const pieceEnd = pieceStart + piece.byteLength;
      if (pieceEnd > start)
        yield* slices(piece, Math.max(start - pieceStart, 0), Math.min(end - pieceStart, piece.byteLength));
      pieceStart = pieceEnd;
      if (pieceStart >= end) return;
    }
  }
}

function* slices(piece: Uint8Array, from: number, to: number): Iterable<Uint8Array> {
  for (let at = from; at < to; at += PIECE_BYTES) yield piece.subarray(at, Math.min(at + PIECE_BYTES, to));
}

/** Reads content, or a stretch of it, into one array of its own. */
export function readAll(content: FileContent, span: ByteSpan = { start: 0, end: content.sizeBytes }): Buffer {
  return Buffer.concat([...content.read(span)]);
}

/** Takes content as it arrives: keeps the pieces and hashes them on the way. */
export class ContentCollector {
  #pieces: Uint8Array[] = [];
  #md5 = createHash("md5");
  #sha1 = createHash("sha1");
  #sha256 = createHash("sha256");
  #sizeBytes = 0;

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Appends a piece. It is kept as it is, unless it is a small part of a buffer that it would keep alive. */
  add(piece: Uint8Array): void {
    if (piece.byteLength === 0) return;
    this.#pieces.push(piece.byteLength < piece.buffer.byteLength / 2 ? Buffer.from(piece) : piece);
    this.#sizeBytes += piece.byteLength;
    this.#md5.update(piece);
    this.#sha1.update(piece);
    this.#sha256.update(piece);
  }

  /** A collector that has taken the same, and goes on for itself. */
  copy(): ContentCollector {
    const copy = new ContentCollector();
    copy.#pieces = [...this.#pieces];
    copy.#md5 = this.#md5.copy();
    copy.#sha1 = this.#sha1.copy();
    copy.#sha256 = this.#sha256.copy();
    copy.#sizeBytes = this.#sizeBytes;
    return copy;
  }

  /** Ends the content; to be called once. */
  finish(): CollectedContent {
    return {
      content: new MemoryContent(this.#pieces),
      checksums: {
        md5: this.#md5.digest("hex"),
        sha1: this.#sha1.digest("hex"),
        sha256: this.#sha256.digest("hex"),
      },
    };
  }
}

/** Digests of a blob in lower-case hexadecimal. Old blobs may lack the SHA family; all have an MD5. */
export interface Checksums {
  readonly md5: string;
  readonly sha1: string | null;
  readonly sha256: string | null;
}

/** Content that has arrived whole, with its digests. */
export interface CollectedContent {
  readonly content: FileContent;
  readonly checksums: Checksums;
}

/** Content made of bytes at hand. */
export function collect(bytes: Uint8Array): CollectedContent {
  const collector = new ContentCollector();
  collector.add(bytes);
  return collector.finish();
}
