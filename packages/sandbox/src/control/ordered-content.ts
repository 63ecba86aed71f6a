import { type CollectedContent, NATIVE_MIME_PREFIX } from "../drive/index.ts";
import { generatedContent } from "../generated/index.ts";
import { invalidValue } from "./control-error.ts";

/** What made-up bytes follow from; no library has it. */
const SEED = 2 ** 40;

/** What a request says of bytes. */
interface ContentInput {
  readonly contentBase64?: string;
  readonly sizeBytes?: number;
}

/** Bytes for files: those that a request brings, or as many as it orders. */
export class OrderedContent {
  #made = 0;

  /**
   * The bytes that a request means; undefined when it says nothing of bytes. Ordered bytes are others each time; their
   * digests take as long as hashing them does.
   *
   * @throws ControlError 400 when files of this type have no bytes
   */
  async of(input: ContentInput, mimeType: string): Promise<Uint8Array | CollectedContent | undefined> {
    const { contentBase64, sizeBytes } = input;
    if (contentBase64 === undefined && sizeBytes === undefined) return undefined;
    if (mimeType.startsWith(NATIVE_MIME_PREFIX)) {
      const field = contentBase64 === undefined ? "sizeBytes" : "contentBase64";
      throw invalidValue(field, `a file of the type ${mimeType} has no bytes`);
    }
    if (sizeBytes === undefined) return Buffer.from(contentBase64 ?? "", "base64");
    this.#made += 1;
    return await generatedContent({ seed: SEED, sizeBytes, index: this.#made });
  }
}
