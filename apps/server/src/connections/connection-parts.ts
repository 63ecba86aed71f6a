import type { Database, Transaction } from "../db/index.ts";
import { DrivewayError, type Clock, type Keyring, type Log } from "../platform/index.ts";
import type { DriveProvider, Providers } from "../drives/index.ts";
import type { Queue } from "../queue/index.ts";

/** Names one connection. */
export interface ConnectionRef {
  readonly tenantId: string;
  readonly connectionId: string;
}

/** What the room works with. */
export interface ConnectionParts {
  readonly db: Database;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly providers: Providers;
  readonly queue: Queue;
  readonly log: Log;
  /** Exact addresses that a client may ask for; the first is the one used when it asks for none. */
  readonly oauthRedirectUris: readonly [string, ...string[]];
  /** Origins of pages that may begin an attempt and get its message. */
  readonly allowedOrigins: readonly string[];
  /** Called in the transaction that removes a connection, for what above this room hangs on it. */
  readonly onDisconnect: (tx: Transaction, connection: ConnectionRef) => Promise<void>;
  /** Called in the transaction that marks a connection's grant as dead. */
  readonly onNeedsReauth: (tx: Transaction, connection: ConnectionRef) => Promise<void>;
  /** False keeps access tokens out of the replies that open picker sessions, whatever is asked. */
  readonly givesPickerTokens: boolean;
}

/**
 * The provider of this id.
 * @throws {DrivewayError} `unknown_provider`
 */
export function requireProvider(parts: Pick<ConnectionParts, "providers">, id: string): DriveProvider {
  const provider = parts.providers.get(id);
  if (provider === null)
    throw new DrivewayError("unknown_provider", "No provider of this name is configured.");
  return provider;
}
