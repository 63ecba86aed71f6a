import { randomUUID } from "node:crypto";
import { pendingRevocations, type Transaction } from "../db/index.ts";
import type { ConnectionParts } from "./connection-parts.ts";
import { revocationPlace } from "./revoke-grant.ts";
import type { ProviderAccount } from "./save-connection.ts";

/** When the queue looks whether a revocation that is tried at once has come to an end. */
export const QUEUE_LOOKS_AFTER_SECONDS = 15;

/**
 * Writes down that an account's grant is to be revoked, with the token that ends it, sealed. The queue sees to it.
 * @param grant.startAfterSeconds how long the queue leaves it to whoever tries it at once
 * @returns the id of the revocation
 */
export async function queueRevocation(
  tx: Transaction,
  parts: Pick<ConnectionParts, "keyring" | "clock" | "queue">,
  grant: { readonly account: ProviderAccount; readonly token: string; readonly startAfterSeconds: number },
): Promise<string> {
  const { provider, oauthClientId, providerUserId } = grant.account;
  const revocationId = randomUUID();
  await tx.insert(pendingRevocations).values({
    id: revocationId,
    provider,
    oauthClientId,
    providerUserId,
    tokenSealed: parts.keyring.seal(grant.token, revocationPlace(revocationId)),
    createdAt: new Date(parts.clock.now()),
  });
  const { startAfterSeconds } = grant;
  await parts.queue.send(tx, "revoke-grant", { revocationId }, { startAfterSeconds });
  return revocationId;
}
