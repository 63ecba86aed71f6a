import { hash } from "node:crypto";

/**
 * Issues file ids in Drive's shape. They follow from the seed and the order of issue alone, so that two sandboxes
 * with the same seed name their files alike.
 */
export class FileIds {
  readonly #seed: number;
  #issued = 0;
  /** Ids handed out by files.generateIds and not used yet, with the account that may use them. */
  readonly #reserved = new Map<string, string>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** A new file id of 33 characters. */
  next(): string {
    // Joined rather than added up: the parts of a sum are kept for as long as the id is.
    return ["1", this.#digest("file").slice(0, 32)].join("");
  }

  /** A new id of 19 characters for the root of a Drive. */
  nextRoot(): string {
    return `0A${this.#digest("root").slice(0, 17)}`;
  }

  /** A new id of 19 characters for a shared drive; the ending is that of Google's. */
  nextSharedDrive(): string {
    return `0A${this.#digest("drive").slice(0, 11)}Uk9PVA`;
  }

  /** How many ids have been issued so far. */
  get issued(): number {
    return this.#issued;
  }

  /** Goes on where an earlier issuer with the same seed had come to. */
  resume(issued: number): void {
    this.#issued = Math.max(this.#issued, issued);
  }

  /** New file ids. */
  issue(count: number): string[] {
    return Array.from({ length: count }, () => this.next());
  }

  /** Reserves ids for one account, each to be used once. */
  hold(sub: string, ids: readonly string[]): void {
    for (const id of ids) this.#reserved.set(id, sub);
  }

  /** Whether the id was reserved for this account and is still unused. */
  isReserved(sub: string, id: string): boolean {
    return this.#reserved.get(id) === sub;
  }

  /** Marks a reserved id as used; other ids are of no concern. */
  use(id: string): void {
    this.#reserved.delete(id);
  }

  #digest(kind: string): string {
    this.#issued += 1;
    return hash("sha256", `${this.#seed}/${kind}/${this.#issued}`, "base64url");
  }
}
