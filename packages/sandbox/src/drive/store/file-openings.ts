/** That somebody has opened an item in the web application. */
export interface FileOpening {
  readonly sub: string;
  readonly fileId: string;
}

/** Which items of others each account has opened. */
export class FileOpenings {
  readonly #openedBy = new Map<string, Set<string>>();

  /** Notes an opening; again is the same as once. */
  add({ sub, fileId }: FileOpening): void {
    const opened = this.#openedBy.get(sub) ?? new Set();
    opened.add(fileId);
    this.#openedBy.set(sub, opened);
  }

  has({ sub, fileId }: FileOpening): boolean {
    return this.#openedBy.get(sub)?.has(fileId) ?? false;
  }

  /** The items that an account has opened, in the order in which it first did. */
  of(sub: string): readonly string[] {
    return [...(this.#openedBy.get(sub) ?? [])];
  }

  /** Forgets an item that is gone. */
  forget(fileId: string): void {
    for (const opened of this.#openedBy.values()) opened.delete(fileId);
  }
}
