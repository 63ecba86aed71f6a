import type { DriveFile } from "../file.ts";
import type { DriveStore } from "../store/drive-store.ts";
import { visibilityOf } from "./visibility.ts";

/** What a search reads of a file, each worked out when a term first asks for it. */
export class FileReading {
  readonly file: DriveFile;
  readonly #store: DriveStore;
  #lowerName: string | null = null;
  #wordsOfName: readonly string[] | null = null;
  #wordsOfText: readonly string[] | null = null;
  #line: string | null = null;
  #visibility: string | null = null;
  #isTrashed: boolean | null = null;

  constructor(file: DriveFile, store: DriveStore) {
    this.file = file;
    this.#store = store;
  }

  /** The name in small letters. */
  get lowerName(): string {
    this.#lowerName ??= this.file.name.toLowerCase();
    return this.#lowerName;
  }

  /** The full text, which is name and description here. */
  get text(): string {
    return `${this.file.name} ${this.file.description ?? ""}`;
  }

  get wordsOfName(): readonly string[] {
    this.#wordsOfName ??= wordsOf(this.file.name);
    return this.#wordsOfName;
  }

  get wordsOfText(): readonly string[] {
    this.#wordsOfText ??= wordsOf(this.text);
    return this.#wordsOfText;
  }

  /** The words of the full text in a row, see {@link lineOf}. */
  get line(): string {
    this.#line ??= lineOf(this.wordsOfText);
    return this.#line;
  }

  get visibility(): string {
    this.#visibility ??= visibilityOf(this.#store, this.file);
    return this.#visibility;
  }

  get isTrashed(): boolean {
    this.#isTrashed ??= this.#store.isTrashed(this.file);
    return this.#isTrashed;
  }
}

/**
 * Reads files one after the other. The reading of the last file is kept, because all terms of a search ask about the same
 * file before the next.
 */
export function fileReader(store: DriveStore): (file: DriveFile) => FileReading {
  let last: FileReading | null = null;
  return (file) => {
    if (last?.file !== file) last = new FileReading(file, store);
    return last;
  };
}

/** The words of a text, in small letters; signs part them. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Words in a row, so that those which stand side by side are found in it by the row of them. */
export function lineOf(words: readonly string[]): string {
  return ` ${words.join(" ")} `;
}
