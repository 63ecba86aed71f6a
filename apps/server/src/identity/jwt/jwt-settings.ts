/** Whose tokens are taken as credentials: those of the host application, which runs beside Driveway. */
export interface JwtSettings {
  /** The `iss` that tokens must have; also the world in which their tenants and users have their names. */
  readonly issuer: string;
  /** What must be in their `aud`. */
  readonly audience: string;
  /** The claim that names the tenant. */
  readonly tenantClaim: string;
  /** What signatures are checked with. It alone says which algorithms there are; a token has no say in it (RFC 8725, 3.1). */
  readonly keys:
    | { readonly kind: "jwks"; readonly url: string }
    | { readonly kind: "secret"; readonly secret: Buffer };
}
