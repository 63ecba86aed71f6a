import { and, eq } from "drizzle-orm";
import { acrossTenants, authUsers, type Database, users } from "../../db/index.ts";
import type { Clock, Log } from "../../platform/index.ts";
import { recordEvent } from "../audit/record-event.ts";
import type { Principal } from "../principal.ts";
import type { SignedInUser } from "./signed-in-user.ts";

/** Tells the audit log who came in and who did not. */
export interface SignInEvents {
  /** Signing in has happened already, so a log that cannot be written does not undo it. */
  succeeded(user: SignedInUser, client: Principal["client"]): Promise<void>;
  /**
   * Notes it for the account of this address, if there is one. Not waited for: the time that it takes would tell strangers
   * whether there is.
   */
  failed(email: string, reason: "wrong_password" | "rate_limited", client: Principal["client"]): void;
  /** Waits for what is being noted. */
  settled(): Promise<void>;
}

export function createSignInEvents(parts: {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
}): SignInEvents {
  const { db } = parts;
  const underWay = new Set<Promise<void>>();
  const complain = (error: unknown) =>
    parts.log.error({ err: error }, "a sign-in could not be written to the audit log");

  async function noteFailure(email: string, reason: string, client: Principal["client"]): Promise<void> {
    const [user] = await db
      .select({ id: users.id, tenantId: users.tenantId })
      .from(authUsers)
      .innerJoin(users, eq(users.authUserId, authUsers.id))
      .where(and(acrossTenants("userBySignIn"), eq(authUsers.email, email.toLowerCase())));
    if (user === undefined) return;
    await recordEvent(parts, {
      tenantId: user.tenantId,
      action: "sign_in.failed",
      actor: "nobody",
      target: { kind: "user", id: user.id },
      details: { reason },
      ...(client === undefined ? {} : { client }),
    });
  }

  return {
    succeeded({ id: userId, tenantId }, client) {
      const actor = { kind: "session", userId, ...(client === undefined ? {} : { client }) } as const;
      const target = { kind: "user", id: userId } as const;
      return recordEvent(parts, { tenantId, action: "sign_in.succeeded", actor, target }).catch(complain);
    },
    failed(email, reason, client) {
      const noting = noteFailure(email, reason, client)
        .catch(complain)
        .finally(() => underWay.delete(noting));
      underWay.add(noting);
    },
    async settled() {
      await Promise.all(underWay);
    },
  };
}
