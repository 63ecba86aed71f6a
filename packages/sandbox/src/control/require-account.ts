import type { Account } from "../accounts/account.ts";
import { NotThereError } from "./not-there-error.ts";

/** The account with an e-mail address. Throws NotThereError `unknown_account` when the sandbox has none. */
export function requireAccount(accounts: readonly Account[], email: string, field = "email"): Account {
  const account = accounts.find((candidate) => candidate.email === email);
  if (account === undefined) throw new NotThereError("account", email, field);
  return account;
}
