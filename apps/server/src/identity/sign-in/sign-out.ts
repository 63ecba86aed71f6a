import { and, eq } from "drizzle-orm";
import { acrossTenants, authSessions, type Database, type Transaction, users } from "../../db/index.ts";
import type { Clock } from "../../platform/index.ts";
import { recordEvent } from "../audit/record-event.ts";
import type { Principal } from "../principal.ts";
import type { Auth } from "./create-auth.ts";
import { hashSessionToken } from "./hash-session-token.ts";

interface SignOutParts {
  readonly auth: Auth;
  readonly db: Database;
  readonly clock: Clock;
}

/**
 * Ends a session and says which cookies the browser is to forget. Whoever has none is signed out already. The row is
 * removed here, because the library would report success even if the database could not be reached.
 * @param params.token the session's token, null when no valid cookie came
 * @returns the Set-Cookie headers
 */
export async function signOut(
  parts: SignOutParts,
  params: { readonly token: string | null; readonly client?: Principal["client"] },
): Promise<readonly string[]> {
  const { token } = params;
  if (token !== null) {
    await parts.db.transaction((tx) => endSession(tx, parts, { token, client: params.client }));
  }
  const { headers } = await parts.auth.api.signOut({ headers: new Headers(), returnHeaders: true });
  return headers.getSetCookie();
}

async function endSession(
  tx: Transaction,
  parts: SignOutParts,
  { token, client }: { readonly token: string; readonly client: Principal["client"] },
): Promise<void> {
  const [ended] = await tx
    .delete(authSessions)
    .where(eq(authSessions.token, hashSessionToken(token)))
    .returning({ authUserId: authSessions.userId });
  if (ended === undefined) return;
  const [user] = await tx
    .select()
    .from(users)
    .where(and(acrossTenants("userBySignIn"), eq(users.authUserId, ended.authUserId)));
  if (user === undefined) return;
  const { tenantId, id: userId } = user;
  const actor = { kind: "session", userId, ...(client === undefined ? {} : { client }) } as const;
  const target = { kind: "user", id: userId } as const;
  await recordEvent({ db: tx, clock: parts.clock }, { tenantId, action: "sign_out", actor, target });
}
