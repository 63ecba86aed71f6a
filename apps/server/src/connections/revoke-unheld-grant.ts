import type { ConnectionParts } from "./connection-parts.ts";
import { QUEUE_LOOKS_AFTER_SECONDS, queueRevocation } from "./queue-revocation.ts";
import { accountIsConnected, revokeGrant } from "./revoke-grant.ts";
import { lockAccount, type ProviderAccount } from "./save-connection.ts";

const REVOKE_WITHIN_MS = 5_000;

/**
 * Revokes tokens that came for a connection which was not made, so that no grant stays at the provider that nobody here
 * holds. A provider's grant is one for account and client: when any connection holds the account, in whatever workspace, it
 * stays. It is waited for, five seconds at most, because whoever begins anew meanwhile would lose the new grant with it; what is not
 * confirmed then is the queue's. Never throws: the failure before it is what the caller has to hear of.
 * @param grant.token the lasting one where there is one (RFC 7009 section 2.1)
 */
export async function revokeUnheldGrant(
  parts: ConnectionParts,
  grant: { readonly account: ProviderAccount; readonly token: string },
): Promise<void> {
  try {
    const revocationId = await parts.db.transaction(async (tx) => {
      await lockAccount(tx, grant.account);
      if (await accountIsConnected(tx, grant.account)) return null;
      return await queueRevocation(tx, parts, { ...grant, startAfterSeconds: QUEUE_LOOKS_AFTER_SECONDS });
    });
    if (revocationId === null) return;
    await revokeGrant(parts, { revocationId, signal: AbortSignal.timeout(REVOKE_WITHIN_MS) });
  } catch (error) {
    parts.log.warn({ err: error }, "a grant that came to nothing was not revoked at once");
  }
}
