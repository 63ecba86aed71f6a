import Fastify, { type FastifyInstance } from "fastify";
import type { Account } from "./accounts/account.ts";
import { answerClientError } from "./answer-client-error.ts";
import { answerUnknown } from "./answer-unknown.ts";
import {
  type DriveStore,
  PresignedDownloads,
  UploadSessions,
  uploadSubjectOf,
  refuseUnreadable,
  registerDriveRoutes,
} from "./drive/index.ts";
import { applyFaults, type Faults, spareAnswers } from "./faults/index.ts";
import {
  createAuthorize,
  type Grants,
  type AuthorizationCodes,
  type OAuthClients,
  registerOAuthRoutes,
  type SigningKeys,
} from "./oauth/index.ts";
import { registerPageRoutes } from "./pages/index.ts";
import type { Quotas } from "./quotas/index.ts";
import { refuseBadHosts } from "./hosts/refuse-bad-hosts.ts";
import type { LiveSettings } from "./settings/index.ts";
import { type RequestLog, watchTraffic } from "./traffic/index.ts";

/** Long enough for any id that a client may make up; Fastify answers 404 beyond it. */
const LONGEST_PATH_PARAMETER = 1024;

/**
 * Puts the parts of the sandbox behind one HTTP server, which does not listen yet.
 *
 * @param origin the address of the sandbox, asked for only while a request is answered
 */
export async function buildServer({
  origin,
  clients,
  accounts,
  grants,
  codes,
  signingKeys,
  store,
  requests,
  requestKinds,
  faults,
  settings,
  quotas,
  now,
}: {
  origin: () => string;
  clients: OAuthClients;
  accounts: readonly Account[];
  grants: Grants;
  codes: AuthorizationCodes;
  signingKeys: SigningKeys;
  store: DriveStore;
  requests: RequestLog;
  /** Gets the names of all requests that are logged. */
  requestKinds: Set<string>;
  faults: Faults;
  settings: LiveSettings;
  quotas: Quotas;
  now: () => number;
}): Promise<FastifyInstance> {
  const app = Fastify({
    forceCloseConnections: true,
    routerOptions: { maxParamLength: LONGEST_PATH_PARAMETER },
    frameworkErrors: refuseUnreadable,
    clientErrorHandler: answerClientError,
    // A Host that is missing is refused where all bad ones are.
    http: { requireHostHeader: false },
  });
  answerUnknown(app);
  const authorize = createAuthorize({ grants });
  const presigned = new PresignedDownloads({ store, now });
  const sessions = new UploadSessions({ now });
  spareAnswers(app);
  watchTraffic(app, { requests, kinds: requestKinds, now });
  refuseBadHosts(app);
  applyFaults(app, {
    faults,
    authorize,
    nameOf: (fileId) => store.get(fileId)?.name ?? null,
    uploadOf: (request) => uploadSubjectOf(sessions, request),
    presign: presigned.addressFor,
    now,
  });
  registerPageRoutes(app, { origin, clients: clients.all, accounts });
  await registerOAuthRoutes(app, {
    origin,
    clients,
    accounts,
    grants,
    codes,
    signingKeys,
    store,
    settings,
    now,
  });
  await registerDriveRoutes(app, { store, authorize, settings, quotas, presigned, sessions, now });
  return app;
}
