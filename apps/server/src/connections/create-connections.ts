import type { Transaction } from "../db/index.ts";
import { attemptOutcome } from "./attempt-outcome.ts";
import type { ConnectionParts, ConnectionRef } from "./connection-parts.ts";
import { createCredentials, type Credentials } from "./credentials.ts";
import { disconnect } from "./disconnect.ts";
import { startExpiries } from "./expire-attempts.ts";
import { disconnectUser, lockConnectionsOf } from "./disconnect-user.ts";
import { getOwnConnection } from "./find-connection.ts";
import { finishForPrincipal, finishInBrowser, finishInPopup } from "./finish-attempt.ts";
import { listConnections } from "./list-connections.ts";
import { pickerProxy } from "./picker-proxy.ts";
import { openPickerSession, preparePickerSessions } from "./picker-session.ts";
import { startRevocations } from "./revoke-grant.ts";
import { startAttempt } from "./start-attempt.ts";

/** The commands of the room; each is documented at the function of its name. */
export type Connections = ReturnType<typeof createConnections>;

/** Makes the room of connections: attempts, grants, picker sessions. */
export function createConnections(parts: ConnectionParts) {
  const credentials = createCredentials(parts);
  const withCredentials = { ...parts, credentials, findPickerSession: preparePickerSessions(parts.db) };
  type Rest<F extends (parts: never, wanted: never) => unknown> = Parameters<F>[1];
  return {
    startAttempt: (wanted: Rest<typeof startAttempt>) => startAttempt(parts, wanted),
    finishInBrowser: (callback: Rest<typeof finishInBrowser>) => finishInBrowser(parts, callback),
    finishInPopup: (callback: Rest<typeof finishInPopup>) => finishInPopup(parts, callback),
    finishForPrincipal: (wanted: Rest<typeof finishForPrincipal>) => finishForPrincipal(parts, wanted),
    attemptOutcome: (wanted: Rest<typeof attemptOutcome>) => attemptOutcome(parts, wanted),
    listConnections: (wanted: Rest<typeof listConnections>) => listConnections(parts, wanted),
    async getOwnConnection(wanted: Rest<typeof getOwnConnection>) {
      const connection = await getOwnConnection(parts, wanted);
      const oauth = parts.providers.get(connection.provider)?.oauth;
      return { ...connection, seesAllFiles: oauth?.seesAllFiles(connection.grantedScopes) ?? false };
    },
    disconnect: (wanted: Rest<typeof disconnect>) => disconnect(parts, wanted),
    lockConnectionsOf,
    disconnectUser: (tx: Transaction, wanted: Parameters<typeof disconnectUser>[2]) =>
      disconnectUser(tx, parts, wanted),
    openPickerSession: (wanted: Rest<typeof openPickerSession>) => openPickerSession(withCredentials, wanted),
    pickerProxy: (wanted: Rest<typeof pickerProxy>) => pickerProxy(withCredentials, wanted),
    credentialFor: (connection: ConnectionRef) => credentials.credentialFor(connection),
    accessFor: (...wanted: Parameters<Credentials["accessFor"]>) => credentials.accessFor(...wanted),
    openDrive: (...wanted: Parameters<Credentials["open"]>) => credentials.open(...wanted),
    driveFor: (...wanted: Parameters<Credentials["driveFor"]>) => credentials.driveFor(...wanted),
    /** What differs between providers, for a connection's provider. Null when it is not configured any more. */
    propertiesOf: (provider: string) => parts.providers.get(provider)?.properties ?? null,
    /** Begins to take up revocations that were left over, and to destroy what attempts that ran out still hold. */
    startWorker() {
      startRevocations(parts);
      startExpiries(parts);
    },
  };
}
