import type { Account } from "../accounts/account.ts";
import type { LiveSettings, TokenRefusal } from "../settings/index.ts";
import { OAuthError } from "./oauth-error.ts";

const refusals: Readonly<
  Record<TokenRefusal, { readonly error: string; readonly description: string; readonly subtype?: string }>
> = {
  expired_or_revoked: { error: "invalid_grant", description: "Token has been expired or revoked." },
  account_deleted: { error: "invalid_grant", description: "Account has been deleted" },
  invalid_rapt: {
    error: "invalid_grant",
    description: "reauth related error (invalid_rapt)",
    subtype: "invalid_rapt",
  },
  bad_request: { error: "invalid_grant", description: "Bad Request" },
  admin_policy_enforced: {
    error: "admin_policy_enforced",
    description: "Access to a requested service was restricted by the administrator.",
  },
};

/**
 * Refuses tokens to an account of which the settings say so (`tokenRefusals`), for codes and refresh tokens alike. The
 * wording of `invalid_rapt` and the status of `admin_policy_enforced` are not documented.
 *
 * @throws OAuthError invalid_grant or admin_policy_enforced (both 400)
 */
export function refuseTokens(settings: LiveSettings, { email }: Account): void {
  const refusal = settings.current.oauth.tokenRefusals[email];
  if (refusal !== undefined) throw new OAuthError({ status: 400, ...refusals[refusal] });
}
