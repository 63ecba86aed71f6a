import type { Account } from "../accounts/account.ts";

/** What one person has allowed one client: the unit that is revoked as a whole. */
export interface Grant {
  readonly key: string;
  readonly account: Account;
  readonly clientId: string;
  /** Everything ever allowed since the last revocation. */
  readonly scopes: Set<string>;
}
