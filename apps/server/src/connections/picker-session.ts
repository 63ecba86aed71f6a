import { and, eq, gt, lt } from "drizzle-orm";
import { pickerSessions } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { DrivewayError, hashSecret, randomSecret } from "../platform/index.ts";
import { type ConnectionParts, type ConnectionRef, requireProvider } from "./connection-parts.ts";
import type { Credentials } from "./credentials.ts";
import { getOwnConnection } from "./find-connection.ts";
import { asDrivewayErrors } from "./to-driveway-error.ts";

/** What a browser gets to look into one connection. */
export interface PickerSession {
  readonly sessionId: string;
  readonly accessToken: string;
  readonly appId: string;
  readonly developerKey: string;
  readonly expiresAt: Date;
}

/**
 * Opens a picker session; it ends with the access token that it was opened with, or with the connection.
 * @throws {DrivewayError} `connection_not_found`, `forbidden`, `REAUTH_REQUIRED`, and what a provider that does not
 *   answer is called
 */
export async function openPickerSession(
  parts: ConnectionParts & { readonly credentials: Credentials },
  wanted: { readonly principal: Principal; readonly connectionId: string },
): Promise<PickerSession> {
  const { tenantId, userId } = wanted.principal;
  const connection = await getOwnConnection(parts, { principal: wanted.principal, id: wanted.connectionId });
  const { properties } = requireProvider(parts, connection.provider);
  const ref = { tenantId, connectionId: connection.id };
  const token = await asDrivewayErrors(() => parts.credentials.lastingToken(ref));
  const sessionId = `picker_sess_${randomSecret()}`;
  const now = new Date(parts.clock.now());
  await parts.db.delete(pickerSessions).where(lt(pickerSessions.expiresAt, now));
  await parts.db.insert(pickerSessions).values({
    sessionSha256: hashSecret(sessionId),
    tenantId,
    userId,
    connectionId: connection.id,
    expiresAt: token.expiresAt,
    createdAt: now,
  });
  return {
    sessionId,
    accessToken: token.accessToken,
    appId: properties.pickerAppId,
    developerKey: properties.pickerDeveloperKey,
    expiresAt: token.expiresAt,
  };
}

/**
 * The connection that a picker session looks into.
 * @throws {DrivewayError} `picker_session_invalid` when it is unknown, expired, or another user's
 */
export async function findPickerSession(
  parts: Pick<ConnectionParts, "db" | "clock">,
  wanted: { readonly principal: Principal; readonly sessionId: string },
): Promise<ConnectionRef> {
  const { tenantId, userId } = wanted.principal;
  const session = await parts.db.query.pickerSessions.findFirst({
    where: and(
      eq(pickerSessions.sessionSha256, hashSecret(wanted.sessionId)),
      eq(pickerSessions.tenantId, tenantId),
      eq(pickerSessions.userId, userId),
      gt(pickerSessions.expiresAt, new Date(parts.clock.now())),
    ),
  });
  if (session === undefined) {
    throw new DrivewayError(
      "picker_session_invalid",
      "The picker session is unknown or has ended. Open a new one.",
    );
  }
  return { tenantId, connectionId: session.connectionId };
}
