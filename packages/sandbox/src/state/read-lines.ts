import { closeSync, openSync, readSync } from "node:fs";

const NEWLINE = 0x0a;
const PIECE_BYTES = 1024 * 1024;

/** A line of a file, without its end. */
export interface FileLine {
  readonly text: string;
  /** Where the next line begins, in bytes. */
  readonly endsAt: number;
  /** False for a last line without its end. */
  readonly isWhole: boolean;
}

/** Reads a file of UTF-8 line by line, and holds no more of it than a piece. Throws the system's error. */
export function* readLines(path: string): Generator<FileLine> {
  const descriptor = openSync(path, "r");
  try {
    let rest: Buffer = Buffer.alloc(0);
    let endsAt = 0;
    for (let piece = readPiece(descriptor); piece.byteLength > 0; piece = readPiece(descriptor)) {
      rest = Buffer.concat([rest, piece]);
      let from = 0;
      for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE, from)) {
        endsAt += end + 1 - from;
        yield { text: rest.toString("utf8", from, end), endsAt, isWhole: true };
        from = end + 1;
      }
      rest = rest.subarray(from);
    }
    if (rest.byteLength > 0) {
      yield { text: rest.toString("utf8"), endsAt: endsAt + rest.byteLength, isWhole: false };
    }
  } finally {
    closeSync(descriptor);
  }
}

function readPiece(descriptor: number): Buffer {
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  return piece.subarray(0, readSync(descriptor, piece));
}
