import type { Readable, Writable } from "node:stream";

/**
 * Where the bytes of images rest. Keys are made by us: `[a-z0-9_/]`, never from a user's text. Every implementation
 * passes `blob-store.testsuite.ts`. Faults of the store itself are DrivewayError `storage_unavailable`.
 */
export interface BlobStore {
  /** Begins a blob at a place of its own. Nothing is visible under the key until `commit`. */
  stage(key: string): Promise<StagedBlob>;
  /** Opens a blob, or a part of it (`endByte` inclusive). Throws `storage_unavailable` when it is missing. */
  read(key: string, range?: { readonly startByte: number; readonly endByte?: number }): Promise<Readable>;
  /** The blob's size, or null when there is none. */
  sizeBytes(key: string): Promise<number | null>;
  /** Removes the blob; removing what is not there is no fault. */
  remove(key: string): Promise<void>;
  /**
   * Names every blob whose key begins with `prefix`, or all of them, in no order. One that is written or removed
   * meanwhile may be named or not.
   */
  list(params?: { readonly prefix?: string }): AsyncIterable<BlobEntry>;
}

/** A blob as a listing names it. */
export interface BlobEntry {
  readonly key: string;
  readonly sizeBytes: number;
  /** When it was committed, by the store's clock. */
  readonly modifiedAt: Date;
}

/** A blob that is being written. Exactly one of `commit` and `discard` ends it. */
export interface StagedBlob {
  /** Takes the bytes once, with back-pressure. */
  readonly stream: Writable;
  /** Makes the bytes durable, then visible under the key, replacing what was there. Call after the stream has finished. */
  commit(): Promise<void>;
  /** Gives the place back; may be called at any moment, also after a fault of the stream. */
  discard(): Promise<void>;
}
