import { Readable } from "node:stream";

/** How much is taken ahead of the connection: as much as one piece of content. */
const AHEAD_BYTES = 256 * 1024;

/** Pieces of content as a stream that takes the next one when there is room for it, without waiting in between. */
export class ContentStream extends Readable {
  readonly #pieces: Iterator<Uint8Array>;

  constructor(pieces: Iterable<Uint8Array>) {
    super({ highWaterMark: AHEAD_BYTES });
    this.#pieces = pieces[Symbol.iterator]();
  }

  /** What reading throws ends the stream with that error. */
  override _read(): void {
    const next = this.#pieces.next();
    this.push(next.done ? null : next.value);
  }

  /** Content that lies in a file lets go of it. */
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#pieces.return?.();
    callback(error);
  }
}
