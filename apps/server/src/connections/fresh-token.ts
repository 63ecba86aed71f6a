import { setTimeout as pause } from "node:timers/promises";
import { and, eq, sql } from "drizzle-orm";
import { connections } from "../db/index.ts";
import { DriveError, type ProviderTokens } from "../drives/index.ts";
import { DrivewayError } from "../platform/index.ts";
import type { ConnectionRow } from "./connection.ts";
import { type ConnectionParts, type ConnectionRef, requireProvider } from "./connection-parts.ts";
import { connectionNotFound, findRow } from "./find-connection.ts";
import { markNeedsReauth } from "./mark-needs-reauth.ts";
import { reauthReason } from "./reauth-reason.ts";
import { dropRefreshLease, takeRefreshLease } from "./refresh-lease.ts";
import { openToken, sealTokens } from "./sealed-tokens.ts";

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

type TokenParts = Pick<ConnectionParts, "db" | "keyring" | "clock" | "providers" | "log" | "onNeedsReauth">;

const WAIT_FOR_OTHERS_MS = 45_000;
const LOOK_AGAIN_MS = 100;

/**
 * Gets a token that meets the need: the one in the row, or a refreshed one. Whoever holds the row's lease refreshes;
 * others wait for what comes of it. No transaction is open while the provider is asked.
 * @throws {DriveError} `sign_in_again` when the grant is dead, which marks the connection; `try_later` when the
 *   provider or the lease's holder does not come to an end, and `app_refused` when it is our client that is refused,
 *   which never do
 * @throws {DrivewayError} `connection_not_found`, `sealing_key_missing`
 */
export async function freshToken(
  parts: TokenParts,
  connection: ConnectionRef,
  need: TokenNeed,
): Promise<FreshToken> {
  const deadlineMs = performance.now() + WAIT_FOR_OTHERS_MS;
  for (;;) {
    const row = await requireLiveRow(parts, connection);
    if (meets(row, need, parts.clock.now())) return accessTokenOf(parts, row);
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
  if (row === null) throw connectionNotFound();
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
  return row.status === "active" && meets(row, need, parts.clock.now()) ? accessTokenOf(parts, row) : null;
}

/** Refreshes with the lease in hand. Null when its user renewed or removed the connection meanwhile: look again. */
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
      const nowMs = parts.clock.now();
      const reason = reauthReason({ ...row, said: error.reason, nowMs });
      if (!(await markNeedsReauth(parts, { ...lease, reason }))) return null;
      throw new DriveError("sign_in_again", error.message, { reason, cause: error });
    }
    await dropRefreshLease(parts, lease);
    return makeDo(parts, row, need, error);
  }
}

/** After a refresh that failed and tells nothing of the grant: the token that is held, while it still runs. */
function makeDo(parts: TokenParts, row: ConnectionRow, need: TokenNeed, error: unknown): FreshToken {
  const facts = { err: error, tenantId: row.tenantId, connectionId: row.id };
  if (error instanceof DriveError && error.kind === "app_refused") {
    parts.log.error(
      { ...facts, provider: row.provider, reason: error.reason },
      "the provider refuses this installation's OAuth client: check its id and secret; connections are kept",
    );
  }
  const isKnown = error instanceof DriveError || error instanceof DrivewayError;
  const isUsable = need.kind === "lasting" && row.accessTokenExpiresAt.getTime() > parts.clock.now();
  if (!isUsable || !isKnown) throw error;
  parts.log.warn(facts, "a token could not be renewed before it runs out");
  return accessTokenOf(parts, row);
}

async function askProvider(parts: TokenParts, row: ConnectionRow): Promise<ProviderTokens> {
  const { oauth } = requireProvider(parts, row.provider);
  if (row.oauthClientId !== oauth.clientId) {
    throw signInAgain("The application's OAuth client has changed.", "app_changed");
  }
  if (row.refreshTokenSealed === null) {
    throw signInAgain("The provider gave no lasting access.", "no_refresh_token");
  }
  const connection = { tenantId: row.tenantId, connectionId: row.id };
  return await oauth.refresh(openToken(parts, connection, "refresh_token_sealed", row.refreshTokenSealed));
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

function accessTokenOf(parts: TokenParts, row: ConnectionRow): FreshToken {
  const connection = { tenantId: row.tenantId, connectionId: row.id };
  return {
    accessToken: openToken(parts, connection, "access_token_sealed", row.accessTokenSealed),
    version: row.tokenVersion,
    expiresAt: row.accessTokenExpiresAt,
  };
}

function signInAgain(message: string, reason: string): DriveError {
  return new DriveError("sign_in_again", message, { reason });
}
