import type { PrincipalReply, SessionReply } from "@driveway/contract";
import type { PrincipalDescription, Session } from "../../identity/index.ts";

/** A session, or that there is none, as the API tells it. */
export function presentSession(session: Session | null): SessionReply {
  if (session === null) return { user: null, expires_at: null };
  const { id, email, displayName } = session.user;
  return { user: { id, email, display_name: displayName }, expires_at: session.expiresAt.toISOString() };
}

/** Who is asking, as the API tells it. */
export function presentPrincipal({ user, workspace, scopes }: PrincipalDescription): PrincipalReply {
  return {
    user: { id: user.id, email: user.email, display_name: user.displayName },
    workspace: { ...workspace },
    scopes: [...scopes],
  };
}
