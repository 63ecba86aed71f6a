import { and, eq, isNull, lt, or } from "drizzle-orm";
import { connections } from "../db/index.ts";
import type { Credential, Drive, DriveAccess, DriveWork } from "../drives/index.ts";
import type { ConnectionRow } from "./connection.ts";
import { type ConnectionParts, type ConnectionRef, requireProvider } from "./connection-parts.ts";
import { connectionNotFound, findRow, reauthRequired } from "./find-connection.ts";
import { type FreshToken, freshToken, type TokenNeed, tokenIn } from "./fresh-token.ts";
import { markNeedsReauth } from "./mark-needs-reauth.ts";

const MARGIN_MS = 5 * 60 * 1000;
const MARGIN_JITTER_MS = 60 * 1000;
/** A token in memory is looked up again after this long, so that a replaced grant is noticed. */
const TRUSTED_MS = 30_000;
const TOUCH_EVERY_MS = 60_000;
const UNKNOWN_WORK: DriveWork = { kind: "bulk", unitsLeft: Number.POSITIVE_INFINITY };

/** Lends tokens and opens drives. */
export interface Credentials {
  /** A token with five minutes and more to run. @throws {DriveError} as {@link freshToken} */
  lastingToken(connection: ConnectionRef): Promise<FreshToken>;
  /** Lends the tokens of one connection. Meant for one piece of work, not to be kept. */
  credentialFor(connection: ConnectionRef): Credential;
  /**
   * What opens a connection's drive, here or in another thread. Meant for one piece of work, not to be kept.
   * @throws {DrivewayError} `connection_not_found`, `REAUTH_REQUIRED`, `sealing_key_missing`
   */
  accessFor(connection: ConnectionRef, work?: DriveWork): Promise<DriveAccess>;
  /** @throws {DrivewayError} `connection_not_found`, `REAUTH_REQUIRED`, `sealing_key_missing` */
  driveFor(connection: ConnectionRef, work?: DriveWork): Promise<Drive>;
  /** Opens a drive in this thread. */
  open(access: DriveAccess): Drive;
  /** Of a row that was read just now. @throws {DrivewayError} `REAUTH_REQUIRED`, `sealing_key_missing` */
  driveOf(row: ConnectionRow, work?: DriveWork): Promise<Drive>;
}

/** Makes the lender of this process: requests for the same token join the one that is under way. */
export function createCredentials(parts: ConnectionParts): Credentials {
  const underWay = new Map<string, Promise<FreshToken>>();

  function joined(connection: ConnectionRef, need: TokenNeed): Promise<FreshToken> {
    const version = need.kind === "newer" ? need.thanVersion : "";
    const key = [connection.tenantId, connection.connectionId, need.kind, version].join("\0");
    const running = underWay.get(key);
    if (running !== undefined) return running;
    const begun = freshToken(parts, connection, need).finally(() => underWay.delete(key));
    underWay.set(key, begun);
    return begun;
  }

  const lasting = (connection: ConnectionRef) => joined(connection, lastingNeed());

  function credentialFor(connection: ConnectionRef, known: FreshToken | null): Credential {
    let held = known === null ? null : { token: known, readAtMs: performance.now() };
    const hold = (token: FreshToken) => {
      held = { token, readAtMs: performance.now() };
      return token;
    };
    return {
      async current() {
        const trusted = held !== null && performance.now() - held.readAtMs < TRUSTED_MS ? held.token : null;
        // One that is about to run out was lent because no newer could be had; asking again at once would not help.
        if (trusted !== null && trusted.expiresAt.getTime() > parts.clock.now()) return trusted;
        return hold(await lasting(connection));
      },
      async renew(refused) {
        return hold(await joined(connection, { kind: "newer", thanVersion: refused.version }));
      },
      async giveUp(refused) {
        const tokenVersion = refused.version;
        await markNeedsReauth(parts, { ...connection, tokenVersion, reason: "token_refused" });
      },
    };
  }

  async function accessOf(row: ConnectionRow, work: DriveWork): Promise<DriveAccess> {
    if (row.status === "needs_reauth") throw reauthRequired(row.needsReauthReason ?? "unknown");
    const connection = { tenantId: row.tenantId, connectionId: row.id };
    if (isStale(row.lastUsedAt, parts.clock.now())) await touch(parts, connection);
    const provider = requireProvider(parts, row.provider);
    const known = tokenIn(parts, row, lastingNeed());
    const { oauthClientId, providerUserId } = row;
    return {
      provider: provider.id,
      credential: credentialFor(connection, known),
      pace: provider.paceOf({ oauthClientId, providerUserId }),
      work,
    };
  }

  async function accessFor(
    { tenantId, connectionId }: ConnectionRef,
    work: DriveWork = UNKNOWN_WORK,
  ): Promise<DriveAccess> {
    const row = await findRow(parts, { tenantId, connectionId });
    if (row === null) throw connectionNotFound();
    return accessOf(row, work);
  }

  const open = (access: DriveAccess): Drive =>
    requireProvider(parts, access.provider).openDrive(access.credential, access);
  return {
    credentialFor: (connection) => credentialFor(connection, null),
    lastingToken: lasting,
    accessFor,
    open,
    driveFor: async (connection, work) => open(await accessFor(connection, work)),
    driveOf: async (row, work = UNKNOWN_WORK) => open(await accessOf(row, work)),
  };
}

/** Processes renew a token at slightly different times, and so rarely together. */
function lastingNeed(): TokenNeed {
  return { kind: "lasting", marginMs: MARGIN_MS + Math.random() * MARGIN_JITTER_MS };
}

function isStale(lastUsedAt: Date | null, nowMs: number): boolean {
  return lastUsedAt === null || nowMs - lastUsedAt.getTime() > TOUCH_EVERY_MS;
}

async function touch(parts: ConnectionParts, connection: ConnectionRef): Promise<void> {
  const nowMs = parts.clock.now();
  await parts.db
    .update(connections)
    .set({ lastUsedAt: new Date(nowMs) })
    .where(
      and(
        eq(connections.tenantId, connection.tenantId),
        eq(connections.id, connection.connectionId),
        or(isNull(connections.lastUsedAt), lt(connections.lastUsedAt, new Date(nowMs - TOUCH_EVERY_MS))),
      ),
    );
}
