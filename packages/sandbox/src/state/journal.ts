import { closeSync, ftruncateSync, fstatSync, openSync, truncateSync } from "node:fs";
import { readLines } from "./read-lines.ts";
import { faultOfRecord } from "./state-record-shape.ts";
import type { StateRecord } from "./state-record.ts";
import { writeWhole } from "./write-whole.ts";

/** So much is gathered before it is written. */
const GATHERED_CHARACTERS = 1024 * 1024;

/** A record with where it stands: the file and the line. */
export interface JournalEntry {
  readonly record: StateRecord;
  readonly place: string;
}

/**
 * Reads a journal as it is asked for: one record a line. A last line without its end was being written when the process
 * was killed; nobody was told of it, so it is cut off. The first line was there before the journal had its name.
 *
 * @throws Error naming the line that is no record, and the journal that has none
 */
export function* readJournal(path: string): Generator<JournalEntry> {
  let number = 0;
  let wholeBytes = 0;
  for (const { text, endsAt, isWhole } of readLines(path)) {
    number += 1;
    const place = `${path}:${number}`;
    if (!isWhole && number > 1) return truncateSync(path, wholeBytes);
    if (!isWhole) throw new Error(`${place} is damaged: it has no end`);
    wholeBytes = endsAt;
    yield { record: parseRecord(text, place), place };
  }
  if (number === 0) throw new Error(`${path} is damaged: it is empty`);
}

function parseRecord(line: string, place: string): StateRecord {
  const value = parseJson(line, place);
  const fault = faultOfRecord(value);
  if (fault !== null) throw new Error(`${place} is damaged: ${fault}`);
  return value as StateRecord;
}

function parseJson(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Error(`${place} is damaged: no JSON`, { cause });
  }
}

/** The end of a journal, where records are added. A record added is with the system: it outlives the process. */
export class Journal {
  readonly #descriptor: number;
  readonly #gathers: boolean;
  #gathered = "";

  /**
   * Opens a journal, which is made when it is not there.
   *
   * @param gathers writes many records at a time, for whoever throws the journal away unless all of it gets done; until
   *   it is closed nothing is promised of any of them
   */
  constructor(path: string, { gathers = false }: { gathers?: boolean } = {}) {
    this.#descriptor = openSync(path, "a", 0o600);
    this.#gathers = gathers;
  }

  /** Adds a record, wholly or not at all. Throws the system's error (ENOSPC and the like). */
  add(record: StateRecord): void {
    this.#gathered += `${JSON.stringify(record)}\n`;
    if (!this.#gathers || this.#gathered.length >= GATHERED_CHARACTERS) this.#write();
  }

  /** Throws as `add` does, when something gathered is still to be written. */
  close(): void {
    try {
      if (this.#gathered !== "") this.#write();
    } finally {
      closeSync(this.#descriptor);
    }
  }

  #write(): void {
    const text = this.#gathered;
    this.#gathered = "";
    const { size: sizeBytes } = fstatSync(this.#descriptor);
    try {
      writeWhole(this.#descriptor, Buffer.from(text));
    } catch (error) {
      ftruncateSync(this.#descriptor, sizeBytes);
      throw error;
    }
  }
}
