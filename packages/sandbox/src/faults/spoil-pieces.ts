import { setTimeout as delay } from "node:timers/promises";

/** The pieces of a body, as they come. */
export type Pieces = AsyncIterable<Uint8Array>;

const PIECES_PER_SECOND = 20;

/** The first bytes; afterwards `then` is awaited, and whatever is left is not read. */
export async function* onlyFirst(pieces: Pieces, bytes: number, then: () => Promise<void>): Pieces {
  let left = bytes;
  if (left > 0) {
    for await (const piece of pieces) {
      if (piece.byteLength >= left) {
        yield piece.subarray(0, left);
        left = 0;
        break;
      }
      left -= piece.byteLength;
      yield piece;
    }
  }
  await then();
}

/** All bytes, with a wait once so many have passed. */
export async function* withPause(pieces: Pieces, afterBytes: number, pause: () => Promise<void>): Pieces {
  let left: number | null = afterBytes;
  for await (const piece of pieces) {
    if (left === null || piece.byteLength < left) {
      if (left !== null) left -= piece.byteLength;
      yield piece;
      continue;
    }
    if (left > 0) yield piece.subarray(0, left);
    await pause();
    yield piece.subarray(left);
    left = null;
  }
}

/** All bytes, one of them with its lowest bit turned over. */
export async function* withFlippedByte(pieces: Pieces, atByte: number): Pieces {
  let start = 0;
  for await (const piece of pieces) {
    const at = atByte - start;
    start += piece.byteLength;
    yield at >= 0 && at < piece.byteLength ? flipped(piece, at) : piece;
  }
}

/** All bytes, no faster than so many a second. */
export async function* atSpeed(pieces: Pieces, bytesPerSecond: number, signal: AbortSignal): Pieces {
  const stepBytes = Math.max(1, Math.ceil(bytesPerSecond / PIECES_PER_SECOND));
  for await (const piece of pieces) {
    for (let at = 0; at < piece.byteLength; at += stepBytes) {
      const part = piece.subarray(at, at + stepBytes);
      await delay((part.byteLength / bytesPerSecond) * 1000, undefined, { signal });
      yield part;
    }
  }
}

function flipped(piece: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(piece);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}
