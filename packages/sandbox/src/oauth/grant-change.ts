/** A token and what it stands for. */
interface IssuedToken {
  readonly token: string;
  readonly grantKey: string;
  readonly scopes: readonly string[];
  readonly offline: boolean;
  /** When, in ms since the epoch. Early journals do not say. */
  readonly issuedAtMs?: number;
}

/** One change to the grants, as it can be written down and repeated later. */
export type GrantChange =
  | {
      readonly kind: "allowed";
      readonly sub: string;
      readonly clientId: string;
      readonly scopes: readonly string[];
    }
  | AccessTokenIssued
  | RefreshTokenIssued
  | { readonly kind: "accessTokenEnded"; readonly token: string }
  | { readonly kind: "refreshTokenEnded"; readonly token: string }
  | {
      readonly kind: "grantRevoked";
      readonly grantKey: string;
      /** Until when the access tokens still work; left out, they end at once. */
      readonly accessTokensEndAtMs?: number;
    }
  /** Lives of tokens that began later begin at this time, in ms since the epoch. */
  | { readonly kind: "clockPutBack"; readonly toMs: number };

/** An access token came into being, perhaps by the use of a refresh token, whose idle time begins anew by it. */
interface AccessTokenIssued extends IssuedToken {
  readonly kind: "accessTokenIssued";
  readonly expiresAtMs: number;
  readonly refreshedWith?: string;
}

/** A refresh token came into being. Left out, `expiresAtMs` is never. */
interface RefreshTokenIssued extends IssuedToken {
  readonly kind: "refreshTokenIssued";
  readonly expiresAtMs?: number;
}
