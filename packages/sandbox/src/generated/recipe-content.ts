import type { ByteSpan, FileContent } from "../drive/index.ts";
import { bodyOf } from "./body-of.ts";
import type { GeneratedBody } from "./generated-body.ts";
import { smallPicture } from "./small-picture.ts";

/** Room for the index of the content, so that no two contents of a seed end alike. */
const TAIL_BYTES = 8;
const INDEX_BYTES = 6;

/** The largest index that there is room for. */
export const LARGEST_INDEX = 2 ** (8 * INDEX_BYTES) - 1;
/** From this size on generated content is a picture that image libraries read; below it is cut off. */
export const SMALLEST_PICTURE_BYTES = smallPicture.bytes.byteLength + TAIL_BYTES;

/** What generated content follows from. */
export interface Recipe {
  /** What all contents that belong together have in common: a whole number from 0. */
  readonly seed: number;
  readonly sizeBytes: number;
  /** Which of the contents it is: a whole number from 0. */
  readonly index: number;
}

/**
 * Content that is made while it is read, and takes neither disk nor memory, whatever its size: the body of its seed
 * with a tail of its own. The same recipe makes the same bytes everywhere. Two contents that differ in their index
 * differ in their bytes, as long as they have room for the index.
 */
export class RecipeContent implements FileContent {
  readonly sizeBytes: number;
  readonly index: number;
  readonly #body: GeneratedBody;

  constructor({ seed, sizeBytes, index }: Recipe) {
    this.sizeBytes = sizeBytes;
    this.index = index;
    this.#body = bodyOf(seed);
  }

  get seed(): number {
    return this.#body.seed;
  }

  /** Where the body ends and the tail begins. */
  get bodyBytes(): number {
    return Math.max(this.sizeBytes - TAIL_BYTES, 0);
  }

  *read({ start, end }: ByteSpan): Generator<Uint8Array> {
    const { bodyBytes } = this;
    if (start < bodyBytes) yield* this.#body.read({ start, end: Math.min(end, bodyBytes) });
    if (end > bodyBytes) yield this.tail().subarray(Math.max(start - bodyBytes, 0), end - bodyBytes);
  }

  /** The bytes behind the body. */
  tail(): Buffer {
    const tail = Buffer.alloc(TAIL_BYTES);
    tail.writeUIntLE(this.index, 0, INDEX_BYTES);
    return tail.subarray(0, this.sizeBytes - this.bodyBytes);
  }
}
