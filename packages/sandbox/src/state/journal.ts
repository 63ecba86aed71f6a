import { closeSync, ftruncateSync, fstatSync, openSync, readFileSync, truncateSync } from "node:fs";
import type { StateRecord } from "./state-record.ts";
import { writeWhole } from "./write-whole.ts";

const NEWLINE = 0x0a;

/**
 * Reads a journal: one record a line. A last line without its end was being written when the process was killed;
 * nobody was told of it, so it is cut off.
 *
 * @throws Error naming the line that is no record
 */
export function readJournal(path: string): StateRecord[] {
  const bytes = readFileSync(path);
  const wholeBytes = bytes.lastIndexOf(NEWLINE) + 1;
  if (wholeBytes < bytes.byteLength) {
    truncateSync(path, wholeBytes);
  }
  const lines = bytes.toString("utf8", 0, wholeBytes).split("\n").slice(0, -1);
  return lines.map((line, index) => parseRecord(line, `${path}:${index + 1}`));
}

function parseRecord(line: string, place: string): StateRecord {
  try {
    return JSON.parse(line) as StateRecord;
  } catch (cause) {
    throw new Error(`${place} is damaged`, { cause });
  }
}

/** The end of a journal, where records are added. A record added is with the system: it outlives the process. */
export class Journal {
  readonly #descriptor: number;

  /** Opens a journal, which is made when it is not there. */
  constructor(path: string) {
    this.#descriptor = openSync(path, "a", 0o600);
  }

  /** Adds a record, wholly or not at all. Throws the system's error (ENOSPC and the like). */
  add(record: StateRecord): void {
    const { size: sizeBytes } = fstatSync(this.#descriptor);
    try {
      writeWhole(this.#descriptor, Buffer.from(`${JSON.stringify(record)}\n`));
    } catch (error) {
      ftruncateSync(this.#descriptor, sizeBytes);
      throw error;
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
