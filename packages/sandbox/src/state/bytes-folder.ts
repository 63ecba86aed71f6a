import { closeSync, type Dirent, linkSync, mkdirSync, openSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { FileContent } from "../drive/index.ts";
import { DiskContent } from "./disk-content.ts";
import { writeWhole } from "./write-whole.ts";

/** The numbers that contents are named by; whatever else lies in the folder was put there by somebody else. */
const OWN_NAME = /^[1-9]\d{0,14}$/;

/** A folder of contents, each in a file that is written once and named by a number. */
export class BytesFolder {
  readonly #path: string;
  #lastNumber = 0;

  /** Opens a folder, which is made when it is not there. */
  constructor(path: string) {
    this.#path = path;
    mkdirSync(path, { recursive: true, mode: 0o700 });
  }

  /** Writes content down and gives it as it lies here. Throws the system's error (ENOSPC and the like). */
  write(content: FileContent): DiskContent {
    this.#lastNumber += 1;
    const path = join(this.#path, String(this.#lastNumber));
    const descriptor = openSync(path, "wx", 0o600);
    try {
      for (const piece of content.read({ start: 0, end: content.sizeBytes })) {
        writeWhole(descriptor, piece);
      }
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    } finally {
      closeSync(descriptor);
    }
    return new DiskContent({ path, sizeBytes: content.sizeBytes });
  }

  /**
   * Gives a content a second name, each of which can be removed without the other; no bytes are written. Throws the
   * system's error (EPERM where the file system has no hard links).
   */
  share({ path: former, sizeBytes }: DiskContent): DiskContent {
    this.#lastNumber += 1;
    const path = join(this.#path, String(this.#lastNumber));
    linkSync(former, path);
    return new DiskContent({ path, sizeBytes });
  }

  /** The content that was written under this name. */
  open(name: string, sizeBytes: number): DiskContent {
    return new DiskContent({ path: join(this.#path, name), sizeBytes });
  }

  /** The name to find a content again by. */
  nameOf(content: DiskContent): string {
    return basename(content.path);
  }

  /** Removes a content; a reader who is at it reads on. */
  remove(content: DiskContent): void {
    rmSync(content.path, { force: true });
  }

  /**
   * Removes what none of these names is for: it was written, but the process was killed before it said so.
   *
   * @throws Error when there is nothing under one of the names
   */
  keepOnly(names: ReadonlySet<string>): void {
    const entries = readdirSync(this.#path, { withFileTypes: true }).filter(isNumbered);
    this.#requireAll(names, new Set(entries.filter((entry) => entry.isFile()).map(({ name }) => name)));
    for (const entry of entries) {
      this.#lastNumber = Math.max(this.#lastNumber, Number(entry.name));
      if (entry.isFile() && !names.has(entry.name)) {
        rmSync(join(this.#path, entry.name), { force: true });
      }
    }
  }

  #requireAll(names: ReadonlySet<string>, there: ReadonlySet<string>): void {
    const missing = [...names].find((name) => !there.has(name));
    if (missing === undefined) return;
    throw new Error(
      `${join(this.#path, missing)} is missing, which the journal says holds the bytes of a file`,
    );
  }
}

function isNumbered({ name }: Dirent): boolean {
  return OWN_NAME.test(name);
}
