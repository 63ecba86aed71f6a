import type { ProviderTokens } from "../drives/index.ts";
import { DrivewayError, type Keyring, type Log, type SealedPlace, UnsealError } from "../platform/index.ts";
import type { ConnectionRef } from "./connection-parts.ts";

type TokenColumn = "access_token_sealed" | "refresh_token_sealed";

/** Where a connection's token rests. */
export function tokenPlace(connection: ConnectionRef, column: TokenColumn): SealedPlace {
  return { table: "connections", column, tenantId: connection.tenantId, rowId: connection.connectionId };
}

/** The columns of a connection that hold its grant, sealed. Those of the refresh token only when one came. */
export function sealTokens(keyring: Keyring, connection: ConnectionRef, tokens: ProviderTokens) {
  const refresh =
    tokens.refreshToken === null
      ? {}
      : {
          refreshTokenSealed: keyring.seal(
            tokens.refreshToken,
            tokenPlace(connection, "refresh_token_sealed"),
          ),
          refreshTokenExpiresAt: tokens.refreshTokenExpiresAt,
        };
  return {
    accessTokenSealed: keyring.seal(tokens.accessToken, tokenPlace(connection, "access_token_sealed")),
    accessTokenExpiresAt: tokens.accessTokenExpiresAt,
    grantedScopes: [...tokens.grantedScopes],
    ...refresh,
  };
}

/**
 * Opens one of a connection's tokens.
 * @throws {DrivewayError} `sealing_key_missing`; the log says which key, and nothing is changed, so that it opens again
 *   when the key is back
 */
export function openToken(
  parts: { readonly keyring: Keyring; readonly log: Log },
  connection: ConnectionRef,
  column: TokenColumn,
  sealed: string,
): string {
  try {
    return parts.keyring.open(sealed, tokenPlace(connection, column));
  } catch (cause) {
    if (!(cause instanceof UnsealError)) throw cause;
    parts.log.error(
      { err: cause, keyId: cause.keyId, column, ...connection },
      "a token cannot be opened: put its key back into ENCRYPTION_KEYS (driveway keys status)",
    );
    const message = "Driveway cannot open this connection's tokens now; its operator has to put a key back.";
    throw new DrivewayError("sealing_key_missing", message, { cause });
  }
}
