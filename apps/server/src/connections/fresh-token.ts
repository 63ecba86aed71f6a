import { setTimeout as pause } from "node:timers/promises";
import { and, eq, sql } from "drizzle-orm";
import { connections } from "../db/index.ts";
import { DriveError, type ProviderTokens } from "../drives/index.ts";
import type { ConnectionRow } from "./connection.ts";
import { type ConnectionParts, type ConnectionRef, requireProvider } from "./connection-parts.ts";
import { findRow } from "./find-connection.ts";
import { markNeedsReauth } from "./mark-needs-reauth.ts";
import { dropRefreshLease, takeRefreshLease } from "./refresh-lease.ts";
import { sealTokens, tokenPlace } from "./sealed-tokens.ts";

/** An access token that is good now, in memory. */
export interface FreshToken {
  readonly accessToken: string;
  readonly version: number;
  readonly expiresAt: Date;
}

/** Why a token is asked for: it must not run out soon, or it must be newer than the one that was refused. */
export type TokenNeed =
  | { readonly kind: "lasting"; readonly marginMs: number }
  | { readonly kind: "newer"; readonly thanVersion: number };

type TokenParts = Pick<ConnectionParts, "db" | "keyring" | "clock" | "providers" | "log">;

const WAIT_FOR_OTHERS_MS = 35_000;
const LOOK_AGAIN_MS = 100;

/**
 * Gets a token that meets the need: the one in the row, or a refreshed one. Whoever holds the row's lease refreshes;
 * others wait for what comes of it. No transaction is open while the provider is asked.
 * @throws {DriveError} `sign_in_again` when the grant is dead, which marks the connection; `try_later` when the
 *   provider or the lease's holder does not come to an end, which never does
 */
export async function freshToken(
  parts: TokenParts,
  connection: ConnectionRef,
  need: TokenNeed,
): Promise<FreshToken> {
  const deadlineMs = performance.now() + WAIT_FOR_OTHERS_MS;
  for (;;) {
    const row = await requireLiveRow(parts, connection);
    if (meets(row, need, parts.clock.now())) return openToken(parts, row);
    const lease = { ...connection, tokenVersion: row.tokenVersion };
    if (await takeRefreshLease(parts, lease)) {
      const refreshed = await refreshHeld(parts, row, need);
      if (refreshed !== null) return refreshed;
    } else if (performance.now() > deadlineMs) {
      throw new DriveError("try_later", "The sign-in is being renewed elsewhere.", {
        reason: "refresh_busy",
      });
    } else {
      await pause(LOOK_AGAIN_MS);
    }
  }
}

async function requireLiveRow(parts: TokenParts, connection: ConnectionRef): Promise<ConnectionRow> {
  const row = await findRow(parts, connection);
  if (row === null) throw signInAgain("The account is not connected any more.", "disconnected");
  if (row.status === "needs_reauth") {
    throw signInAgain("The account must be connected again.", row.needsReauthReason ?? "unknown");
  }
  return row;
}

function meets(row: ConnectionRow, need: TokenNeed, nowMs: number): boolean {
  switch (need.kind) {
    case "lasting":
      return row.accessTokenExpiresAt.getTime() - nowMs > need.marginMs;
    case "newer":
      return row.tokenVersion > need.thanVersion;
  }
}

/** The token of a row, when it meets the need as it is. */
export function tokenIn(parts: TokenParts, row: ConnectionRow, need: TokenNeed): FreshToken | null {
  return row.status === "active" && meets(row, need, parts.clock.now()) ? openToken(parts, row) : null;
}

/** Refreshes with the lease in hand. Null when the connection was renewed by its user meanwhile: look again. */
async function refreshHeld(
  parts: TokenParts,
  row: ConnectionRow,
  need: TokenNeed,
): Promise<FreshToken | null> {
  const lease = { tenantId: row.tenantId, connectionId: row.id, tokenVersion: row.tokenVersion };
  try {
    const tokens = await askProvider(parts, row);
    return await saveTokens(parts, row, tokens);
  } catch (error) {
    if (error instanceof DriveError && error.kind === "sign_in_again") {
      await markNeedsReauth(parts, { ...lease, reason: error.reason });
      throw error;
    }
    await dropRefreshLease(parts, lease);
    const usable = need.kind === "lasting" && row.accessTokenExpiresAt.getTime() > parts.clock.now();
    if (!usable || !(error instanceof DriveError)) throw error;
    parts.log.warn({ err: error, connectionId: row.id }, "a token could not be renewed before it runs out");
    return openToken(parts, row);
  }
}

async function askProvider(parts: TokenParts, row: ConnectionRow): Promise<ProviderTokens> {
  const { oauth } = requireProvider(parts, row.provider);
  if (row.oauthClientId !== oauth.clientId) {
    throw signInAgain("The application's OAuth client has changed.", "app_changed");
  }
  if (row.refreshTokenSealed === null) {
    throw signInAgain("The provider gave no lasting access.", "no_refresh_token");
  }
  const place = tokenPlace({ tenantId: row.tenantId, connectionId: row.id }, "refresh_token_sealed");
  return await oauth.refresh(parts.keyring.open(row.refreshTokenSealed, place));
}

async function saveTokens(
  parts: TokenParts,
  row: ConnectionRow,
  tokens: ProviderTokens,
): Promise<FreshToken | null> {
  const sealed = sealTokens(parts.keyring, { tenantId: row.tenantId, connectionId: row.id }, tokens);
  const [saved] = await parts.db
    .update(connections)
    .set({
      ...sealed,
      tokenVersion: sql`${connections.tokenVersion} + 1`,
      refreshingUntil: null,
      updatedAt: new Date(parts.clock.now()),
    })
    .where(
      and(
        eq(connections.tenantId, row.tenantId),
        eq(connections.id, row.id),
        eq(connections.tokenVersion, row.tokenVersion),
      ),
    )
    .returning({ version: connections.tokenVersion });
  if (saved === undefined) return null;
  return { accessToken: tokens.accessToken, version: saved.version, expiresAt: tokens.accessTokenExpiresAt };
}

function openToken(parts: TokenParts, row: ConnectionRow): FreshToken {
  const place = tokenPlace({ tenantId: row.tenantId, connectionId: row.id }, "access_token_sealed");
  return {
    accessToken: parts.keyring.open(row.accessTokenSealed, place),
    version: row.tokenVersion,
    expiresAt: row.accessTokenExpiresAt,
  };
}

function signInAgain(message: string, reason: string): DriveError {
  return new DriveError("sign_in_again", message, { reason });
}
