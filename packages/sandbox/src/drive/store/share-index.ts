import type { Account } from "../../accounts/account.ts";
import type { DriveFile } from "../file.ts";
import type { Grantee } from "../sharing/sharing.ts";

const NONE: ReadonlySet<string> = new Set();

/** Which items name whom in their access lists, so that nobody has to look through files that are not shared. */
export class ShareIndex {
  readonly #itemsOf = new Map<string, Set<string>>();

  /** Notes how an item is shared now, in the place of how it was shared before. */
  change(id: string, former: DriveFile["sharing"], sharing: DriveFile["sharing"]): void {
    if (former === sharing) return;
    for (const { to } of former?.permissions ?? []) this.#itemsOf.get(keyOf(to))?.delete(id);
    for (const { to } of sharing?.permissions ?? []) {
      const items = this.#itemsOf.get(keyOf(to)) ?? new Set();
      items.add(id);
      this.#itemsOf.set(keyOf(to), items);
    }
  }

  /** The items that name this account's address, roots of shared drives included. */
  sharedWith({ email }: Account): ReadonlySet<string> {
    return this.#itemsOf.get(keyOf({ type: "user", emailAddress: email.toLowerCase() })) ?? NONE;
  }

  /** The items that everybody of a domain finds by searching. */
  findableIn(domain: string): ReadonlySet<string> {
    return this.#itemsOf.get(keyOf({ type: "domain", domain, allowFileDiscovery: true })) ?? NONE;
  }
}

function keyOf(to: Grantee): string {
  switch (to.type) {
    case "anyone":
      return "anyone";
    case "domain":
      return `domain ${to.domain} ${to.allowFileDiscovery}`;
    case "user":
    case "group":
      return `${to.type} ${to.emailAddress}`;
  }
}
