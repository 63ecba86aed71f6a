import { createHash } from "node:crypto";
import type { Account } from "../../accounts/account.ts";
import type { Grantee } from "./sharing.ts";

/**
 * The id of a permission, which is that of whom it is given to: the same on every item. Addresses and domains without
 * an account here get one that follows from their name.
 */
export function permissionIdOf(to: Grantee, accounts: Iterable<Account>): string {
  switch (to.type) {
    case "anyone":
      return to.allowFileDiscovery ? "anyone" : "anyoneWithLink";
    case "domain":
      return `${digitsOf(to.domain)}k`;
    case "user":
    case "group":
      return accountAt(to.emailAddress, accounts)?.permissionId ?? digitsOf(to.emailAddress);
  }
}

/** The account with an address; undefined when it has none here. */
export function accountAt(emailAddress: string, accounts: Iterable<Account>): Account | undefined {
  const wanted = emailAddress.toLowerCase();
  for (const account of accounts) if (account.email.toLowerCase() === wanted) return account;
  return undefined;
}

function digitsOf(text: string): string {
  const number = createHash("sha256").update(text).digest().readBigUInt64BE();
  return String(number).padStart(20, "0");
}
