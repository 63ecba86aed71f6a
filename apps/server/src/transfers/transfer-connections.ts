import type { Credential, Drive, ProviderProperties } from "../drives/index.ts";
import type { Principal } from "../identity/index.ts";

/** What transfers ask of the connections. */
export interface TransferConnections {
  /**
   * The caller's own connection, fit for use.
   * @throws {DrivewayError} `connection_not_found`, `forbidden` or `REAUTH_REQUIRED`
   */
  getOwnConnection(params: {
    readonly principal: Principal;
    readonly id: string;
  }): Promise<{ readonly id: string; readonly provider: string }>;
  /**
   * A connection's drive, with retries and fresh tokens.
   * @throws {DrivewayError} `connection_not_found` or `REAUTH_REQUIRED`
   */
  driveFor(connection: { readonly tenantId: string; readonly connectionId: string }): Promise<Drive>;
  /** Lends the tokens of a connection, for one piece of work. */
  credentialFor(connection: { readonly tenantId: string; readonly connectionId: string }): Credential;
  /** What differs between providers; null when the provider is not configured any more. */
  propertiesOf(provider: string): ProviderProperties | null;
}
