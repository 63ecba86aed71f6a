import type { Access } from "./api-server.ts";

/**
 * What each operation of the API asks of the caller, by its `operationId`: nothing, any valid credential, or a scope. This is
 * the one table of it: routes, the OpenAPI document and docs/access.md take it from here. An operation that is not in it
 * keeps the server from starting.
 */
export const ROUTE_ACCESS = {
  startAuth: "cloud_storage:connect",
  completeAuth: "cloud_storage:connect",
  getAuthAttempt: "cloud_storage:connect",
  authCallback: "public",
  finishAuthInPopup: "public",
  listConnections: "cloud_storage:read",
  disconnect: "cloud_storage:delete",
  getPickerToken: "cloud_storage:read",
  pickerProxy: "cloud_storage:read",
  importFiles: "cloud_storage:write",
  planImport: "cloud_storage:read",
  exportImages: "cloud_storage:write",
  listJobs: "cloud_storage:read",
  getJob: "cloud_storage:read",
  listJobItems: "cloud_storage:read",
  getJobReceipt: "cloud_storage:read",
  cancelJob: "cloud_storage:write",
  retryJob: "cloud_storage:write",
  listUserFiles: "read",
  getUserFile: "read",
  downloadUserFile: "read",
  listCollections: "read",
  getCollection: "read",
  createCollection: "write",
  createApiKey: "admin",
  listApiKeys: "admin",
  revokeApiKey: "admin",
  listMembers: "admin",
  updateMember: "admin",
  removeMember: "admin",
  listMemberConnections: "admin",
  createInvitation: "admin",
  listInvitations: "admin",
  revokeInvitation: "admin",
  acceptInvitation: "public",
  deleteWorkspace: "admin",
  listAuditEvents: "admin",
  getPrincipal: "any-principal",
  signIn: "public",
  signOut: "public",
  getSession: "public",
  livez: "public",
  readyz: "public",
} as const satisfies Readonly<Record<string, Access>>;

/** The access of an operation, or undefined when the table does not know it. */
export function accessOf(operationId: string): Access | undefined {
  return Object.hasOwn(ROUTE_ACCESS, operationId)
    ? ROUTE_ACCESS[operationId as keyof typeof ROUTE_ACCESS]
    : undefined;
}
