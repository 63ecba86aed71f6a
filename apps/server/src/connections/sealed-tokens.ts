import type { ProviderTokens } from "../drives/index.ts";
import type { Keyring, SealedPlace } from "../platform/index.ts";
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
