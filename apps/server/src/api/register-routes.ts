import type { Connections } from "../connections/index.ts";
import type { Departures } from "../departures/index.ts";
import type { Identity } from "../identity/index.ts";
import type { Library } from "../library/index.ts";
import type { Transfers } from "../transfers/index.ts";
import type { ApiServer } from "./api-server.ts";
import { apiKeyRoutes } from "./api-keys/api-key-routes.ts";
import { auditRoutes } from "./audit/audit-routes.ts";
import { cloudStorageAuthRoutes } from "./cloud-storage-auth/auth-routes.ts";
import { collectionRoutes } from "./collections/collection-routes.ts";
import { connectionRoutes } from "./connections/connection-routes.ts";
import { exportRoutes } from "./exports/export-routes.ts";
import { healthRoutes } from "./health/health-routes.ts";
import { importRoutes } from "./imports/import-routes.ts";
import { invitationRoutes } from "./invitations/invitation-routes.ts";
import { jobRoutes } from "./jobs/job-routes.ts";
import { memberRoutes } from "./members/member-routes.ts";
import { pickerRoutes } from "./picker/picker-routes.ts";
import { receiptRoute } from "./receipts/receipt-route.ts";
import { sessionRoutes } from "./session/session-routes.ts";
import { userFileRoutes } from "./user-files/user-file-routes.ts";
import { workspaceRoutes } from "./workspace/workspace-routes.ts";

export interface RouteParts {
  readonly identity: Identity;
  readonly connections: Connections;
  readonly library: Library;
  readonly transfers: Transfers;
  readonly departures: Departures;
  readonly publicUrl: string;
  readonly isReady: () => Promise<boolean>;
  readonly canStore: () => Promise<boolean>;
}

/** Every resource of the API, one line each. */
export function registerRoutes(app: ApiServer, parts: RouteParts): void {
  cloudStorageAuthRoutes(app, parts);
  connectionRoutes(app, parts);
  pickerRoutes(app, parts);
  importRoutes(app, parts);
  exportRoutes(app, parts);
  jobRoutes(app, parts);
  receiptRoute(app, parts);
  userFileRoutes(app, parts);
  collectionRoutes(app, parts);
  apiKeyRoutes(app, parts);
  memberRoutes(app, parts);
  invitationRoutes(app, parts);
  workspaceRoutes(app, parts);
  auditRoutes(app, parts);
  sessionRoutes(app, parts);
  healthRoutes(app, parts);
}
