import type { Transaction } from "../db/index.ts";
import { forgetUser, lockUser, type Principal, type UserRef } from "../identity/index.ts";
import type { DepartureParts } from "./departure-parts.ts";

/**
 * Ends all that a user can do, in one transaction: console account and sessions, keys, attempts and invitations are gone,
 * tokens too, and jobs are cancelled. The locks are taken in the order of those who connect accounts and begin jobs:
 * roles, accounts, user, jobs. What is left, jobs and images, is the caller's.
 * @param departure.before runs first in the transaction and only looks and locks: it runs anew when an account was
 *   connected between two locks
 * @param departure.after runs in the transaction when the user is gone, with what `before` found
 */
export async function takeOutUser<Found>(
  parts: DepartureParts,
  departure: {
    readonly user: UserRef;
    readonly actor: Principal | "system";
    readonly before: (tx: Transaction) => Promise<Found>;
    readonly after: (tx: Transaction, found: Found) => Promise<void>;
  },
): Promise<void> {
  const { user, actor } = departure;
  const takeOut = async (tx: Transaction): Promise<boolean> => {
    const found = await departure.before(tx);
    const locked = await parts.connections.lockConnectionsOf(tx, user);
    if (!(await lockUser(tx, user))) return true;
    if (!(await parts.connections.disconnectUser(tx, { user, locked, actor }))) return false;
    await parts.transfers.cancelJobsOf(tx, user);
    await forgetUser(tx, user);
    await departure.after(tx, found);
    return true;
  };
  while (!(await parts.db.transaction(takeOut)));
}
