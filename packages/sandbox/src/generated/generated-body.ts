import { createCipheriv, createHash } from "node:crypto";
import type { ByteSpan } from "../drive/index.ts";
import { smallPicture } from "./small-picture.ts";

const BLOCK_BYTES = 1024 * 1024;

/**
 * What all generated contents of one seed begin with, endless: a small picture, and behind it one block of noise over
 * and over. Image libraries stop at the end of the picture; what packs data finds nothing to pack in a block.
 */
export class GeneratedBody {
  readonly seed: number;
  readonly #block: Buffer;
  /** The block with the picture over its beginning. */
  readonly #firstBlock: Buffer;

  /** @param seed a whole number; the same one makes the same bytes everywhere */
  constructor(seed: number) {
    this.seed = seed;
    this.#block = noise(seed);
    this.#firstBlock = Buffer.from(this.#block);
    smallPicture.bytes.copy(this.#firstBlock);
  }

  /**
   * The bytes of a stretch, in pieces of at most 1 MiB, wherever it lies. The pieces are parts of what all readers get,
   * and nobody may write to them.
   */
  *read({ start, end }: ByteSpan): Generator<Buffer> {
    for (let at = start; at < end; ) {
      const from = at % BLOCK_BYTES;
      const to = Math.min(BLOCK_BYTES, from + end - at);
      yield (at < BLOCK_BYTES ? this.#firstBlock : this.#block).subarray(from, to);
      at += to - from;
    }
  }
}

/** The key stream of a cipher is noise as good as any, and comes at gigabytes a second. */
function noise(seed: number): Buffer {
  const key = createHash("sha256").update(`body ${seed}`).digest();
  return createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(BLOCK_BYTES));
}
