import type { Account } from "../../accounts/account.ts";
import type { Viewer } from "./file-view.ts";

/** A person as Drive shows one; undefined for an account that there is not. */
export function presentPerson(sub: string | null, { store, caller }: Viewer): object | undefined {
  const account = store.accounts.find((each) => each.sub === sub);
  return account && personOf(account, caller.account);
}

function personOf({ sub, name, email, permissionId }: Account, me: Account): object {
  return { kind: "drive#user", displayName: name, me: sub === me.sub, permissionId, emailAddress: email };
}
