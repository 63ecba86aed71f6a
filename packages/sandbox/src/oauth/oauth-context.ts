import type { Account } from "../accounts/account.ts";
import type { DriveStore } from "../drive/index.ts";
import type { LiveSettings } from "../settings/index.ts";
import type { AuthorizationCodes } from "./authorization-codes.ts";
import type { Grants } from "./grants.ts";
import type { OAuthClients } from "./oauth-clients.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** What the OAuth endpoints work with. */
export interface OAuthContext {
  /** The issuer: the address of the sandbox, known once it listens; Google's while a request to its names is answered. */
  readonly origin: () => string;
  readonly clients: OAuthClients;
  readonly accounts: readonly Account[];
  readonly grants: Grants;
  readonly codes: AuthorizationCodes;
  readonly signingKeys: SigningKeys;
  /** The Drives, from which files are picked while signing in. */
  readonly store: DriveStore;
  readonly settings: LiveSettings;
  /** The clock, in ms. */
  readonly now: () => number;
}
