/** A token and what it stands for. */
export interface IssuedToken {
  readonly token: string;
  readonly grantKey: string;
  readonly scopes: readonly string[];
  readonly offline: boolean;
}

/** One change to the grants, as it can be written down and repeated later. */
export type GrantChange =
  | {
      readonly kind: "allowed";
      readonly sub: string;
      readonly clientId: string;
      readonly scopes: readonly string[];
    }
  | ({ readonly kind: "accessTokenIssued"; readonly expiresAtMs: number } & IssuedToken)
  | ({ readonly kind: "refreshTokenIssued" } & IssuedToken)
  | { readonly kind: "accessTokenEnded"; readonly token: string }
  | { readonly kind: "refreshTokenEnded"; readonly token: string }
  | { readonly kind: "grantRevoked"; readonly grantKey: string };
