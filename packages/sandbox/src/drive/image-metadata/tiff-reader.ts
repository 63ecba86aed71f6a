/** The tags of one directory: text, or numbers. */
export type TagValues = ReadonlyMap<number, string | readonly number[]>;

const HEADER = "Exif\0\0";
const ENTRY_BYTES = 12;
/** How many bytes a value of each type takes; the types are those of TIFF 6.0, section 2. */
const TYPE_BYTES: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 9: 4, 10: 8 };
const TEXT = 2;
/** More values than any tag has that is of interest here. */
const MOST_VALUES = 1024;

/** Reads the tag directories of an EXIF block. What points outside the block, or makes no sense, is passed over. */
export class TiffReader {
  readonly #view: DataView;
  readonly #isLittleEndian: boolean;

  constructor(exif: Uint8Array) {
    const hasHeader = Buffer.from(exif.subarray(0, HEADER.length)).toString("latin1") === HEADER;
    const start = hasHeader ? HEADER.length : 0;
    this.#view = new DataView(exif.buffer, exif.byteOffset + start, exif.byteLength - start);
    this.#isLittleEndian = this.#view.byteLength > 0 && this.#view.getUint8(0) === 0x49;
  }

  /** The directory that the block begins with. */
  readFirst(): TagValues {
    return this.#holds(4, 4) ? this.readAt(this.#uint32(4)) : new Map();
  }

  /** The directory at an offset; empty when there is none. */
  readAt(offset: number | undefined): TagValues {
    const tags = new Map<number, string | readonly number[]>();
    if (offset === undefined || !this.#holds(offset, 2)) return tags;
    const count = this.#uint16(offset);
    for (let index = 0; index < count; index += 1) {
      const entry = offset + 2 + index * ENTRY_BYTES;
      if (!this.#holds(entry, ENTRY_BYTES)) return tags;
      const value = this.#readValue(entry);
      if (value !== null) tags.set(this.#uint16(entry), value);
    }
    return tags;
  }

  #readValue(entry: number): string | readonly number[] | null {
    const type = this.#uint16(entry + 2);
    const count = this.#uint32(entry + 4);
    const sizeBytes = TYPE_BYTES[type];
    if (sizeBytes === undefined || count > MOST_VALUES) return null;
    const lengthBytes = sizeBytes * count;
    const at = lengthBytes <= 4 ? entry + 8 : this.#uint32(entry + 8);
    if (!this.#holds(at, lengthBytes)) return null;
    if (type === TEXT) return this.#text(at, count);
    return Array.from({ length: count }, (_, index) => this.#number(type, at + index * sizeBytes));
  }

  #number(type: number, at: number): number {
    switch (type) {
      case 1:
        return this.#view.getUint8(at);
      case 3:
        return this.#uint16(at);
      case 5:
        return this.#uint32(at) / this.#uint32(at + 4);
      case 9:
        return this.#view.getInt32(at, this.#isLittleEndian);
      case 10:
        return (
          this.#view.getInt32(at, this.#isLittleEndian) / this.#view.getInt32(at + 4, this.#isLittleEndian)
        );
      default:
        return this.#uint32(at);
    }
  }

  /** Text ends at its first NUL. */
  #text(at: number, length: number): string {
    const bytes = Buffer.from(this.#view.buffer, this.#view.byteOffset + at, length);
    return bytes.toString("utf8").split("\0", 1)[0]?.trim() ?? "";
  }

  #uint16(at: number): number {
    return this.#view.getUint16(at, this.#isLittleEndian);
  }

  #uint32(at: number): number {
    return this.#view.getUint32(at, this.#isLittleEndian);
  }

  #holds(at: number, lengthBytes: number): boolean {
    return Number.isSafeInteger(at) && at >= 0 && at + lengthBytes <= this.#view.byteLength;
  }
}
