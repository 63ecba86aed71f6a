import { CHUNK_GRANULARITY_BYTES, type UploadSession } from "./upload-session.ts";

/**
 * Takes the bytes of one request as they arrive and gives them to the session in multiples of 256 KiB, so that what
 * has come before a broken connection is kept, and an unaligned tail is not.
 */
export class ChunkWriter {
  readonly #session: UploadSession;
  #offset: number;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #bytesToTake: number;
  #isWhole = true;

  /**
   * `start` is the offset in the file, in bytes, of the first byte to come. What comes behind `mostBytes` of them is
   * dropped, as if it had got lost on the way to the disk.
   */
  constructor(session: UploadSession, start: number, mostBytes: number | null = null) {
    this.#session = session;
    this.#offset = start;
    this.#bytesToTake = mostBytes ?? Number.POSITIVE_INFINITY;
  }

  write(all: Uint8Array): void {
    const bytes = all.subarray(0, this.#bytesToTake);
    this.#bytesToTake -= bytes.byteLength;
    if (bytes.byteLength < all.byteLength) this.#isWhole = false;
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.byteLength;
    const end = this.#offset + this.#pendingBytes;
    const alignedEnd = end - (end % CHUNK_GRANULARITY_BYTES);
    if (alignedEnd > this.#offset) this.#hand(alignedEnd - this.#offset);
  }

  /** Hands over the rest as well, when nothing was dropped before it: the end of the file has come. */
  finish(): void {
    if (this.#isWhole) this.#hand(this.#pendingBytes);
  }

  #hand(count: number): void {
    let left = count;
    while (left > 0) {
      const [first] = this.#pending;
      if (first === undefined) return;
      const piece = first.subarray(0, left);
      this.#session.keep(this.#offset, piece);
      this.#offset += piece.byteLength;
      left -= piece.byteLength;
      if (piece.byteLength === first.byteLength) this.#pending.shift();
      else this.#pending[0] = first.subarray(piece.byteLength);
    }
    this.#pendingBytes -= count;
  }
}
