import type { Drive, DriveAccess, DriveWork, ProviderProperties } from "../drives/index.ts";
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
  }): Promise<{ readonly id: string; readonly provider: string; readonly seesAllFiles: boolean }>;
  /**
   * A connection's drive, with retries, fresh tokens and the account's pace. Without `work` it is for bulk work of unknown size.
   * @throws {DrivewayError} `connection_not_found` or `REAUTH_REQUIRED`
   */
  driveFor(
    connection: { readonly tenantId: string; readonly connectionId: string },
    work?: DriveWork,
  ): Promise<Drive>;
  /**
   * What opens a connection's drive, here or in another thread; for one piece of work.
   * @throws {DrivewayError} `connection_not_found` or `REAUTH_REQUIRED`
   */
  accessFor(
    connection: { readonly tenantId: string; readonly connectionId: string },
    work: DriveWork,
  ): Promise<DriveAccess>;
  /** Opens the drive in this thread. */
  openDrive(access: DriveAccess): Drive;
  /** What differs between providers; null when the provider is not configured any more. */
  propertiesOf(provider: string): ProviderProperties | null;
}
