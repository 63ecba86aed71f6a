import { and, desc, eq, gt, inArray, lt, sql } from "drizzle-orm";
import { connections, pickerSessions, type Transaction } from "../db/index.ts";
import { type Principal, recordEvent } from "../identity/index.ts";
import { hashSecret, randomSecret } from "../platform/index.ts";
import type { Connection, ConnectionRow } from "./connection.ts";
import { type ConnectionParts, type ConnectionRef, requireProvider } from "./connection-parts.ts";
import type { Credentials } from "./credentials.ts";
import { connectionNotFound, getOwnConnection, reauthRequired } from "./find-connection.ts";
import { asDrivewayErrors } from "./to-driveway-error.ts";

/** What a browser gets to look into one connection. */
export interface PickerSession {
  readonly sessionId: string;
  /** Empty when it is withheld. */
  readonly accessToken: string;
  readonly appId: string;
  readonly developerKey: string;
  readonly expiresAt: Date;
}

/** Sessions that one connection can have open. The oldest ends when there is one more. */
const MOST_SESSIONS = 50;

/**
 * Opens a picker session. It ends with the access token that it was opened with, with the connection, or when its grant
 * dies.
 * @param wanted.withholdToken leaves the access token out of the reply; a deployment can make that the rule
 * @throws {DrivewayError} `connection_not_found`, `forbidden`, `REAUTH_REQUIRED`, `sealing_key_missing`, and what a
 *   provider that does not answer is called
 */
export async function openPickerSession(
  parts: ConnectionParts & { readonly credentials: Credentials },
  wanted: {
    readonly principal: Principal;
    readonly connectionId: string;
    readonly withholdToken: boolean;
  },
): Promise<PickerSession> {
  const { principal } = wanted;
  const connection = await getOwnConnection(parts, { principal, id: wanted.connectionId });
  const { properties } = requireProvider(parts, connection.provider);
  const ref = { tenantId: principal.tenantId, connectionId: connection.id };
  const token = await asDrivewayErrors(() => parts.credentials.lastingToken(ref));
  const sessionId = `picker_sess_${randomSecret()}`;
  const givesToken = parts.givesPickerTokens && !wanted.withholdToken;
  await parts.db.transaction(async (tx) => {
    await lockLiveConnection(tx, ref);
    await makeRoom(tx, ref, new Date(parts.clock.now()));
    await tx.insert(pickerSessions).values({
      ...ref,
      sessionSha256: hashSecret(sessionId),
      userId: principal.userId,
      expiresAt: token.expiresAt,
      createdAt: new Date(parts.clock.now()),
    });
    if (givesToken) await recordTokenGiven({ ...parts, db: tx }, principal, connection);
  });
  return {
    sessionId,
    accessToken: givesToken ? token.accessToken : "",
    appId: properties.pickerAppId,
    developerKey: properties.pickerDeveloperKey,
    expiresAt: token.expiresAt,
  };
}

/** The connection may have gone, or its grant have died, since its token was lent; from here on it waits for us. */
async function lockLiveConnection(tx: Transaction, connection: ConnectionRef): Promise<void> {
  const [row] = await tx
    .select({ status: connections.status, reason: connections.needsReauthReason })
    .from(connections)
    .where(and(eq(connections.tenantId, connection.tenantId), eq(connections.id, connection.connectionId)))
    .for("no key update");
  if (row === undefined) throw connectionNotFound();
  if (row.status === "needs_reauth") throw reauthRequired(row.reason ?? "unknown");
}

/** Clears the connection's sessions that have ended, and the oldest of those that are one too many. */
async function makeRoom(tx: Transaction, connection: ConnectionRef, now: Date): Promise<void> {
  const ofConnection = and(
    eq(pickerSessions.tenantId, connection.tenantId),
    eq(pickerSessions.connectionId, connection.connectionId),
  );
  await tx.delete(pickerSessions).where(and(ofConnection, lt(pickerSessions.expiresAt, now)));
  const surplus = tx
    .select({ sha256: pickerSessions.sessionSha256 })
    .from(pickerSessions)
    .where(ofConnection)
    .orderBy(desc(pickerSessions.createdAt), desc(pickerSessions.sessionSha256))
    .offset(MOST_SESSIONS - 1);
  await tx.delete(pickerSessions).where(and(ofConnection, inArray(pickerSessions.sessionSha256, surplus)));
}

function recordTokenGiven(
  parts: Parameters<typeof recordEvent>[0],
  principal: Principal,
  connection: Connection,
): Promise<void> {
  return recordEvent(parts, {
    tenantId: principal.tenantId,
    action: "picker.token_given",
    actor: principal,
    target: { kind: "connection", id: connection.id },
    details: { provider: connection.provider },
  });
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
