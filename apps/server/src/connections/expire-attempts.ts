import { and, eq } from "drizzle-orm";
import { oauthAttempts, type Transaction } from "../db/index.ts";
import { ATTEMPT_LIFETIME_MS } from "./attempt.ts";
import type { ConnectionParts } from "./connection-parts.ts";

/** The queue counts by the database's clock, which may differ from ours by a little. */
const MARGIN_SECONDS = 60;
const CONCURRENCY = 2;

interface AttemptRef {
  readonly tenantId: string;
  readonly attemptId: string;
}

/** Has the attempt's verifier destroyed when its time is over, whether or not anybody comes back to it. */
export async function expireAttemptLater(
  tx: Transaction,
  parts: Pick<ConnectionParts, "queue">,
  attempt: AttemptRef,
): Promise<void> {
  const startAfterSeconds = ATTEMPT_LIFETIME_MS / 1000 + MARGIN_SECONDS;
  await parts.queue.send(tx, "expire-attempt", { ...attempt }, { startAfterSeconds });
}

/** Begins to destroy the verifiers of attempts that ran out. */
export function startExpiries(parts: Pick<ConnectionParts, "db" | "queue">): void {
  parts.queue.work("expire-attempt", { concurrency: CONCURRENCY }, async ({ tenantId, attemptId }) => {
    await parts.db
      .update(oauthAttempts)
      .set({ verifierSealed: null })
      .where(and(eq(oauthAttempts.tenantId, tenantId), eq(oauthAttempts.id, attemptId)));
  });
}
