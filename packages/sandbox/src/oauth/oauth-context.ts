import type { Account } from "../account.ts";
import type { LiveSettings } from "../settings/index.ts";
import type { AuthorizationCodes } from "./authorization-codes.ts";
import type { OAuthClient } from "./client.ts";
import type { Grants } from "./grants.ts";
import type { SigningKey } from "./signing-key.ts";

/** What the OAuth endpoints work with. */
export interface OAuthContext {
  /** The address of the sandbox, which is the issuer too; known once the server listens. */
  readonly origin: () => string;
  readonly client: OAuthClient;
  readonly accounts: readonly Account[];
  readonly grants: Grants;
  readonly codes: AuthorizationCodes;
  readonly signingKey: SigningKey;
  readonly settings: LiveSettings;
  /** The clock, in ms. */
  readonly now: () => number;
}
