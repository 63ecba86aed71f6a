import { eq } from "drizzle-orm";
import { authSessions, type Database } from "../../db/index.ts";
import type { Auth } from "./create-auth.ts";
import { hashSessionToken } from "./hash-session-token.ts";

/**
 * Ends a session and says which cookies the browser is to forget. Whoever has none is signed out already. The row is
 * removed here, because the library would report success even if the database could not be reached.
 * @param params.token the session's token, null when no valid cookie came
 * @returns the Set-Cookie headers
 */
export async function signOut(
  parts: { auth: Auth; db: Database },
  params: { readonly token: string | null },
): Promise<readonly string[]> {
  if (params.token !== null) {
    await parts.db.delete(authSessions).where(eq(authSessions.token, hashSessionToken(params.token)));
  }
  const { headers } = await parts.auth.api.signOut({ headers: new Headers(), returnHeaders: true });
  return headers.getSetCookie();
}
