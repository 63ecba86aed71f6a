import { randomUUID } from "node:crypto";
import { pendingRevocations, type Transaction } from "../db/index.ts";
import type { ConnectionParts } from "./connection-parts.ts";
import { revocationPlace } from "./revoke-grant.ts";
import type { ProviderAccount } from "./save-connection.ts";

/** When the queue looks whether the revocation within the request has come to an end. */
const QUEUE_LOOKS_AFTER_SECONDS = 15;

/**
 * Writes down that an account's grant is to be revoked, with the token that ends it, sealed. The queue sees to it after a
 * while, for whoever wants to try it at once.
 * @returns the id of the revocation
 */
export async function queueRevocation(
  tx: Transaction,
  parts: Pick<ConnectionParts, "keyring" | "clock" | "queue">,
  grant: { readonly account: ProviderAccount; readonly token: string },
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
  const startAfterSeconds = QUEUE_LOOKS_AFTER_SECONDS;
  await parts.queue.send(tx, "revoke-grant", { revocationId }, { startAfterSeconds });
  return revocationId;
}
