/** What the body of an import or export says beside its files. */
export type LargeHead = Readonly<Record<string, unknown>>;

/** A body that was read and checked in a thread of its own: its head, and its files as JSON text that nobody here reads. */
export class LargeBody {
  readonly head: LargeHead;
  readonly count: number;
  /** Sizes of the files, as far as they are told. */
  readonly bytes: number;
  /** UTF-8. */
  readonly json: Uint8Array;

  constructor(read: Pick<LargeBody, "head" | "count" | "bytes" | "json">) {
    this.head = read.head;
    this.count = read.count;
    this.bytes = read.bytes;
    this.json = read.json;
  }
}
