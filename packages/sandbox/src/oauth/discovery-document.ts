import { issuerAt, siblingOrigin } from "../hosts/google-hosts.ts";
import { emailScope, openidScope, profileScope } from "./scopes.ts";

/**
 * The OpenID Connect discovery document, with Google's paths under the one origin of the sandbox, or spread over several
 * hosts as at Google when it was asked for under such a name.
 *
 * @param sendIssuer whether redirects name the issuer (RFC 9207)
 */
export function discoveryDocument(
  origin: string,
  { sendIssuer }: { sendIssuer: boolean },
): Record<string, unknown> {
  return {
    issuer: issuerAt(origin),
    authorization_endpoint: `${siblingOrigin(origin, "accounts")}/o/oauth2/v2/auth`,
    token_endpoint: `${siblingOrigin(origin, "token")}/token`,
    userinfo_endpoint: `${siblingOrigin(origin, "userinfo")}/v1/userinfo`,
    revocation_endpoint: `${siblingOrigin(origin, "token")}/revoke`,
    jwks_uri: `${siblingOrigin(origin, "api")}/oauth2/v3/certs`,
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    scopes_supported: [openidScope, "email", "profile", emailScope, profileScope],
    token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
    claims_supported: [
      "aud",
      "email",
      "email_verified",
      "exp",
      "family_name",
      "given_name",
      "iat",
      "iss",
      "name",
      "picture",
      "sub",
    ],
    code_challenge_methods_supported: ["plain", "S256"],
    grant_types_supported: ["authorization_code", "refresh_token"],
    authorization_response_iss_parameter_supported: sendIssuer,
  };
}
