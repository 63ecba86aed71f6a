import { and, eq, isNull } from "drizzle-orm";
import { oauthAttempts, type Queryable } from "../db/index.ts";
import { type AuditActor, recordEvent } from "../identity/index.ts";
import { DrivewayError } from "../platform/index.ts";
import type { AttemptOutcome, AttemptRow, TakenAttempt } from "./attempt.ts";
import type { Connection } from "./connection.ts";
import type { ConnectionParts } from "./connection-parts.ts";

/** An attempt that was taken and by whom it is being ended. */
export interface Ending {
  readonly attempt: TakenAttempt;
  /** The user who began it, by the credential of then; with the request that ends it. */
  readonly actor: AuditActor;
}

/** Keeps that an attempt failed, with its reason for the page and for the audit log. */
export async function settleFailed(
  parts: Pick<ConnectionParts, "db" | "clock">,
  { attempt, actor }: Ending,
  outcome: AttemptOutcome & { readonly succeeded: false },
): Promise<void> {
  await parts.db.transaction(async (tx) => {
    if (!(await saveOutcome(tx, attempt, outcome))) return;
    await recordEvent(
      { db: tx, clock: parts.clock },
      {
        tenantId: attempt.tenantId,
        action: "connection.refused",
        actor,
        target: null,
        details: { provider: attempt.provider, reason: outcome.code ?? null },
      },
    );
  });
}

/** Keeps that an attempt made or renewed a connection, within the transaction that did. */
export async function settleSucceeded(
  tx: Queryable,
  parts: Pick<ConnectionParts, "clock">,
  { attempt, actor }: Ending,
  saved: { readonly connection: Connection; readonly isNew: boolean },
): Promise<void> {
  const { connection, isNew } = saved;
  await saveOutcome(tx, attempt, successOutcome(connection));
  await recordEvent(
    { db: tx, clock: parts.clock },
    {
      tenantId: attempt.tenantId,
      action: isNew ? "connection.created" : "connection.renewed",
      actor,
      target: { kind: "connection", id: connection.id },
      details: { provider: connection.provider },
    },
  );
}

/**
 * The first outcome stays: a success whose commit was not heard of is not made a failure.
 * @returns whether it is the first
 */
async function saveOutcome(db: Queryable, attempt: AttemptRow, outcome: AttemptOutcome): Promise<boolean> {
  const saved = await db
    .update(oauthAttempts)
    .set({ outcome })
    .where(
      and(
        eq(oauthAttempts.tenantId, attempt.tenantId),
        eq(oauthAttempts.id, attempt.id),
        isNull(oauthAttempts.outcome),
      ),
    )
    .returning({ id: oauthAttempts.id });
  return saved.length > 0;
}

/** The outcome of an attempt that made this connection. */
export function successOutcome(connection: Connection): AttemptOutcome {
  return {
    succeeded: true,
    connection: {
      id: connection.id,
      provider: connection.provider,
      providerEmail: connection.providerEmail,
      providerUserId: connection.providerUserId,
      displayName: connection.providerDisplayName,
    },
  };
}

/** The outcome of an attempt that ended with this failure; what the log alone may see is left out. */
export function failedOutcome(failure: unknown) {
  return failure instanceof DrivewayError
    ? ({ succeeded: false, error: failure.message, code: failure.code } as const)
    : ({
        succeeded: false,
        error: "Something went wrong. Please try again.",
        code: "internal_error",
      } as const);
}
