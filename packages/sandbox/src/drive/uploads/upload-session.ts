import type { Caller } from "../caller.ts";
import { type CollectedContent, ContentCollector } from "../content.ts";
import { badRequest, clientClosedRequest } from "../errors.ts";
import type { FieldMask } from "../fields/parse-fields.ts";
import type { UploadTarget } from "./upload-target.ts";

/** Bytes are kept in multiples of this; only the end of the file may lie between. */
export const CHUNK_GRANULARITY_BYTES = 256 * 1024;

/** How far an upload has come. */
export type UploadState =
  | { readonly kind: "receiving" }
  | { readonly kind: "complete"; readonly answer: string }
  | { readonly kind: "cancelled" };

interface SessionParts {
  readonly caller: Caller;
  readonly target: UploadTarget;
  readonly mask: FieldMask;
  readonly pretty: boolean;
  /** The size from X-Upload-Content-Length; null when it was not told. */
  readonly totalBytes: number | null;
}

/** One resumable upload: what was asked at its start, and the bytes that have come since. No file exists before the last. */
export class UploadSession {
  readonly caller: Caller;
  readonly target: UploadTarget;
  readonly mask: FieldMask;
  readonly pretty: boolean;
  #totalBytes: number | null;
  #state: UploadState = { kind: "receiving" };
  #collector = new ContentCollector();
  #collected: CollectedContent | null = null;

  constructor({ caller, target, mask, pretty, totalBytes }: SessionParts) {
    this.caller = caller;
    this.target = target;
    this.mask = mask;
    this.pretty = pretty;
    this.#totalBytes = totalBytes;
  }

  get state(): UploadState {
    return this.#state;
  }

  get heldBytes(): number {
    return this.#collector.sizeBytes;
  }

  /** Whether all bytes are there that the file is to have. */
  get isFull(): boolean {
    return this.heldBytes === this.#totalBytes;
  }

  /** Throws 400 for a size of the whole file that cannot be: another was told before, or more is held already. */
  requireTotal(totalBytes: number): void {
    if ((this.#totalBytes ?? totalBytes) !== totalBytes || totalBytes < this.heldBytes) {
      throw badRequest("Invalid request. The size of the upload differs from the one stated before.");
    }
  }

  /** Notes the size of the whole file. Throws like {@link requireTotal}. */
  settleTotal(totalBytes: number): void {
    this.requireTotal(totalBytes);
    this.#totalBytes = totalBytes;
  }

  /** Whether bytes up to `end` (exclusive) can belong to a file of the size that was told. */
  admits(end: number): boolean {
    return end <= (this.#totalBytes ?? end);
  }

  /** Adds bytes that belong at `offset`, which must not lie behind the bytes held; those held already are passed over. */
  keep(offset: number, bytes: Uint8Array): void {
    const known = this.heldBytes - offset;
    if (this.#state.kind === "receiving" && known < bytes.byteLength)
      this.#collector.add(bytes.subarray(known));
  }

  /** Notes which bytes are held, and gives what takes away all that have come since; it does nothing once the upload ended. */
  mark(): () => void {
    const held = this.#collector.copy();
    return () => {
      if (this.#state.kind === "receiving") this.#collector = held;
    };
  }

  /** All bytes, once the session is full, for the file that they are meant for. */
  collected(): CollectedContent {
    this.#collected ??= this.#collector.finish();
    return this.#collected;
  }

  /** Ends the upload with the answer that it and all later status queries get. */
  complete(answer: string): void {
    this.#state = { kind: "complete", answer };
    this.#forget();
  }

  /** Gives the upload up; whatever comes later is answered with 499. */
  cancel(): void {
    if (this.#state.kind === "complete") return;
    this.#state = { kind: "cancelled" };
    this.#forget();
  }

  #forget(): void {
    this.#collector = new ContentCollector();
    this.#collected = null;
  }

  /** Throws 499 `clientClosedRequest` when the upload was cancelled. */
  requireAlive(): void {
    if (this.#state.kind === "cancelled") throw clientClosedRequest();
  }
}
