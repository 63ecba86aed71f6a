import { isAPIError } from "better-auth/api";
import type { Database } from "../../db/index.ts";
import { DrivewayError } from "../../platform/index.ts";
import { type Auth, CLIENT_ADDRESS_HEADER } from "./create-auth.ts";
import { findSignedInUser, type SignedInUser } from "./signed-in-user.ts";

export interface SignInParams {
  readonly email: string;
  readonly password: string;
  /** Kept beside the session, so that its user can recognise it. */
  readonly client: { readonly address: string; readonly userAgent: string; readonly requestId: string };
}

export interface Session {
  readonly user: SignedInUser;
  readonly expiresAt: Date;
}

/** A session, and the Set-Cookie headers to be sent with the news. */
export interface SessionAnswer {
  readonly session: Session;
  readonly setCookies: readonly string[];
}

/**
 * Checks a password and begins a session. An unknown address costs a hash like a wrong password does, and is answered
 * alike, so that nobody finds out who has an account.
 * @throws {DrivewayError} `invalid_credentials`
 */
export async function signIn(
  parts: { auth: Auth; db: Database },
  params: SignInParams,
): Promise<SessionAnswer> {
  const { headers, response } = await checkPassword(parts.auth, params);
  const user = await findSignedInUser(parts.db, response.user.id);
  if (user === null) throw wrongCredentials(null);
  const context = await parts.auth.$context;
  const expiresAt = new Date(Date.now() + context.sessionConfig.expiresIn * 1000);
  return { session: { user, expiresAt }, setCookies: headers.getSetCookie() };
}

async function checkPassword(auth: Auth, params: SignInParams) {
  const headers = new Headers({
    "user-agent": params.client.userAgent,
    [CLIENT_ADDRESS_HEADER]: params.client.address,
  });
  try {
    const body = { email: params.email, password: params.password };
    return await auth.api.signInEmail({ body, headers, returnHeaders: true });
  } catch (error) {
    if (isAPIError(error) && error.statusCode < 500) throw wrongCredentials(error);
    throw error;
  }
}

function wrongCredentials(cause: unknown): DrivewayError {
  return new DrivewayError("invalid_credentials", "The e-mail address or the password is wrong.", { cause });
}
