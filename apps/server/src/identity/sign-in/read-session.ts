import type { Database } from "../../db/index.ts";
import type { Auth } from "./create-auth.ts";
import type { SessionAnswer } from "./sign-in.ts";
import { findSignedInUser } from "./signed-in-user.ts";

/**
 * The session that a browser's cookie stands for, prolonged when it is more than a day old: pages ask this when they
 * open, so that who uses the console stays signed in.
 * @param params.cookieHeader the session's cookie alone, as the library itself would sign it; null when no valid one came
 * @returns `session: null` when there is none, with the cookies that are to be forgotten
 */
export async function readSession(
  parts: { auth: Auth; db: Database },
  params: { readonly cookieHeader: string | null },
): Promise<SessionAnswer | { readonly session: null; readonly setCookies: readonly string[] }> {
  const headers = new Headers(params.cookieHeader === null ? {} : { cookie: params.cookieHeader });
  const answer = await parts.auth.api.getSession({ headers, returnHeaders: true });
  const setCookies = answer.headers.getSetCookie();
  const user = answer.response === null ? null : await findSignedInUser(parts.db, answer.response.user.id);
  if (answer.response === null || user === null) return { session: null, setCookies };
  return { session: { user, expiresAt: answer.response.session.expiresAt }, setCookies };
}
