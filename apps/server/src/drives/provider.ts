import type { Drive } from "./drive.ts";
import type { AccountPace, DriveWork, PacedAccount } from "./pace/permit.ts";
import type { PaceRules } from "./pace/pace-rules.ts";

/** Who signed in at the provider. `userId` is stable for ever; the rest may change. */
export interface ProviderIdentity {
  readonly userId: string;
  readonly email: string;
  readonly displayName: string;
}

/** Tokens as a provider hands them out. They live in memory only, and only during a call. */
export interface ProviderTokens {
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  /** Null when the provider sent none: the one that is held stays good. */
  readonly refreshToken: string | null;
  readonly refreshTokenExpiresAt: Date | null;
  /** Scopes as granted, which may be fewer than those asked for. */
  readonly grantedScopes: readonly string[];
}

/**
 * The provider's OAuth 2.0 side. Faults are {@link DriveError}: `sign_in_again` for a code or refresh token that is
 * not good (any more), `app_refused` when our own client is refused, `try_later` for everything else, which is never a
 * revoked grant.
 */
export interface OauthClient {
  readonly clientId: string;
  /** Builds the address that the user's browser goes to (RFC 6749 section 4.1.1 with PKCE S256, RFC 7636). */
  authorizationUrl(params: {
    readonly state: string;
    readonly codeVerifier: string;
    readonly redirectUri: string;
  }): Promise<URL>;
  /** Exchanges a code, checks the ID token and tells who granted what. */
  exchangeCode(params: {
    readonly code: string;
    readonly codeVerifier: string;
    readonly redirectUri: string;
  }): Promise<{ readonly identity: ProviderIdentity; readonly tokens: ProviderTokens }>;
  refresh(refreshToken: string): Promise<ProviderTokens>;
  /** Revokes the whole grant (RFC 7009). An unknown token counts as revoked. */
  revoke(token: string, signal?: AbortSignal): Promise<void>;
  /** The issuer's identifier, to compare with `iss` of a callback (RFC 9207). */
  issuer(): Promise<string>;
  /** True when the granted scopes cover every drive scope that is configured, wider ones included. */
  coversDriveScopes(grantedScopes: readonly string[]): boolean;
  /**
   * True when the granted scopes show every file of the user and its bytes; false when they show only those that the user
   * picked or that this application made, so that a folder may seem to hold less than it does.
   */
  seesAllFiles(grantedScopes: readonly string[]): boolean;
}

/** Lends access tokens to a drive and gets a newer one when the provider refuses the last. */
export interface Credential {
  /** The token to use now, renewed beforehand when it is about to expire. */
  current(): Promise<LentToken>;
  /** Called when the provider refused the token of this version; returns a newer one. Throws `sign_in_again` when there is none. */
  renew(refused: LentToken): Promise<LentToken>;
  /** Called when the provider refused a token that was only just renewed: the grant counts as dead, unless it was replaced meanwhile. */
  giveUp(refused: LentToken): Promise<void>;
}

export interface LentToken {
  readonly accessToken: string;
  readonly version: number;
}

/** What differs between providers, as data, so that shared code never asks for a provider by its name. */
export interface ProviderProperties {
  readonly displayName: string;
  /** For the browser-side picker; empty when none is configured. */
  readonly pickerAppId: string;
  readonly pickerDeveloperKey: string;
  /** Files described by one `getFiles` call at the most. */
  readonly metadataBatchSize: number;
  /** The MIME type of folders, by which a shortcut tells that it points to one. */
  readonly folderType: string;
  /** What calls cost in the provider's quota units, and how it tells that there are too many. */
  readonly pace: PaceRules;
  /** Quota units that one account may spend in a minute; null when they are not counted. */
  readonly userUnitsPerMinute: number | null;
  /** Native documents that can be imported as a picture, by their MIME type, with the type to ask for. */
  readonly exportAs: Readonly<Record<string, string>>;
}

/** One kind of cloud drive, configured and ready. */
export interface DriveProvider {
  readonly id: "google_drive";
  readonly properties: ProviderProperties;
  readonly oauth: OauthClient;
  /**
   * Opens an account's drive, already renewing its tokens, keeping the account's pace and repeating what failed with
   * `try_later`. Without `work` it is taken for bulk work of unknown size.
   */
  openDrive(credential: Credential, use: DriveUse): Drive;
  /** The pace of an account, for calls that are made elsewhere. */
  paceOf(account: PacedAccount): AccountPace;
  /** Closes the connections; calls that are under way end first. */
  close(): Promise<void>;
}

/** At whose pace a drive is used, and what for. */
interface DriveUse {
  readonly pace: AccountPace;
  readonly work?: DriveWork;
}

/** All that is needed to open one user's drive, wherever that is done. */
export interface DriveAccess {
  /** The provider's id in the list. */
  readonly provider: string;
  readonly credential: Credential;
  readonly pace: AccountPace;
  readonly work: DriveWork;
}

/** How long a drive repeats what failed: `background` for jobs, `interactive` while somebody waits for the answer. */
export type Patience = "background" | "interactive";
