import { and, eq, gt, lt, sql } from "drizzle-orm";
import { connections, pickerSessions } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { hashSecret, randomSecret } from "../platform/index.ts";
import type { ConnectionRow } from "./connection.ts";
import { type ConnectionParts, requireProvider } from "./connection-parts.ts";
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

/** Finds the connection that a principal's picker session looks into; null when there is no such session. */
export type FindPickerSession = (wanted: {
  readonly principal: Principal;
  readonly sessionId: string;
  readonly now: Date;
}) => Promise<ConnectionRow | null>;

/** Prepares the one query that every look of a picker needs. */
export function preparePickerSessions(db: ConnectionParts["db"]): FindPickerSession {
  const query = db
    .select({ connection: connections })
    .from(pickerSessions)
    .innerJoin(
      connections,
      and(eq(connections.tenantId, pickerSessions.tenantId), eq(connections.id, pickerSessions.connectionId)),
    )
    .where(
      and(
        eq(pickerSessions.sessionSha256, sql.placeholder("sessionSha256")),
        eq(pickerSessions.tenantId, sql.placeholder("tenantId")),
        eq(pickerSessions.userId, sql.placeholder("userId")),
        gt(pickerSessions.expiresAt, sql.placeholder("now")),
      ),
    )
    .prepare("find_picker_session");
  return async ({ principal: { tenantId, userId }, sessionId, now }) => {
    const [found] = await query.execute({ sessionSha256: hashSecret(sessionId), tenantId, userId, now });
    return found?.connection ?? null;
  };
}
