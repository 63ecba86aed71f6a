import type { ErrorCode } from "@driveway/contract";
import type { ROUTE_ACCESS } from "../api/route-access.ts";
import type { Things } from "./start-two-workspaces.ts";

/** What somebody is told: a status that is a success, or the code of a refusal. */
export type Verdict = number | ErrorCode;

/** A request that carries ids, and what people who are not their owner are told. */
export interface MatrixCase {
  /** Parameters of the path, by their names in the OpenAPI document. */
  readonly path?: (of: Things) => Readonly<Record<string, string>>;
  readonly query?: (of: Things) => Readonly<Record<string, string>>;
  /** `own` are the things of the one who asks, for requests that mix the two. */
  readonly body?: (of: Things, own: Things) => object;
  /** An admin of another workspace. An error must be the same as for ids that are nowhere. */
  readonly stranger: Verdict;
  /** A member of the owner's workspace. */
  readonly colleague: Verdict;
  /** An admin of it; left out when they are told what a member is told. */
  readonly admin?: Verdict;
  /** An admin rightly changes what is the owner's, so it comes after everything else, in the order of the table. */
  readonly last?: true;
  /** What of the owner's an admin rightly sees in the reply, though it was not sent. */
  readonly adminSees?: readonly (keyof Things)[];
  /** Sent as by a script of the callback page. */
  readonly fromOwnPage?: true;
  /** Why the error may differ from that for what is nowhere. */
  readonly mayTell?: string;
}

/** What somebody is told who is no admin. */
const NO_ADMIN = "insufficient_scope";
const PROVIDER = { provider: "google_drive" } as const;
const importInto = (connection: string, more: object = {}) => ({
  connection_id: connection,
  files: [{ id: "x", name: "x" }],
  ...more,
});

/**
 * Every operation of the API, and what becomes of somebody else's ids in it. A new operation needs a row: all its ids,
 * each in the path, the query or the body, by what a stranger and a colleague are told. `Things` has the ids; a kind that
 * is not there yet is made in `start-two-workspaces.ts`.
 */
export const ROUTE_MATRIX: Readonly<Record<keyof typeof ROUTE_ACCESS, readonly MatrixCase[]>> = {
  startAuth: [{ path: () => PROVIDER, body: () => PROVIDER, stranger: 200, colleague: 200 }],
  completeAuth: [
    {
      path: () => PROVIDER,
      body: (of) => ({ code: "4/x", state: of.state }),
      stranger: "invalid_state",
      colleague: "forbidden",
    },
  ],
  getAuthAttempt: [
    {
      path: (of) => ({ ...PROVIDER, state: of.state }),
      stranger: "attempt_not_found",
      colleague: "forbidden",
    },
  ],
  authCallback: [
    {
      path: () => PROVIDER,
      query: (of) => ({ code: "4/x", state: of.state }),
      stranger: 400,
      colleague: 400,
      mayTell:
        "the page tells people why a sign-in does not go on in this browser, and the state is the secret",
    },
  ],
  finishAuthInPopup: [
    {
      path: () => PROVIDER,
      body: (of) => ({ code: "4/x", state: of.state, attempt_secret: "s".repeat(43) }),
      stranger: "origin_not_allowed",
      colleague: "origin_not_allowed",
    },
    {
      path: () => PROVIDER,
      body: (of) => ({ code: "4/x", state: of.state, attempt_secret: "s".repeat(43) }),
      fromOwnPage: true,
      stranger: "invalid_state",
      colleague: "invalid_state",
      mayTell: "the page tells people why a sign-in does not go on here, and the state is the secret",
    },
  ],
  listConnections: [{ query: () => ({ active_only: "false" }), stranger: 200, colleague: 200 }],
  getPickerToken: [
    {
      path: (of) => ({ connection_id: of.connection }),
      stranger: "connection_not_found",
      colleague: "forbidden",
    },
  ],
  pickerProxy: [
    {
      body: (of) => ({ session_id: of.session, endpoint: "about", params: { fields: "user" } }),
      stranger: "picker_session_invalid",
      colleague: "picker_session_invalid",
    },
  ],
  importFiles: [
    { body: (of) => importInto(of.connection), stranger: "connection_not_found", colleague: "forbidden" },
    {
      body: (of, own) => importInto(own.connection, { collection_id: of.collection }),
      stranger: "collection_not_found",
      colleague: 200,
    },
  ],
  planImport: [
    { body: (of) => importInto(of.connection), stranger: "connection_not_found", colleague: "forbidden" },
    {
      body: (of, own) => importInto(own.connection, { collection_id: of.collection }),
      stranger: "collection_not_found",
      colleague: 200,
    },
  ],
  exportImages: [
    {
      body: (of) => ({ connection_id: of.connection, image_ids: [of.image] }),
      stranger: "connection_not_found",
      colleague: "forbidden",
    },
    {
      body: (of, own) => ({ connection_id: of.connection, image_ids: [own.image] }),
      stranger: "connection_not_found",
      colleague: "forbidden",
    },
    {
      body: (of, own) => ({ connection_id: own.connection, image_ids: [own.image, of.image] }),
      stranger: "image_not_found",
      colleague: 200,
    },
  ],
  listJobs: [
    { stranger: 200, colleague: 200 },
    { query: (of) => ({ connection_id: of.connection }), stranger: 200, colleague: 200 },
    { query: (of) => ({ cursor: `${2 ** 43}.${of.job}` }), stranger: 200, colleague: 200 },
  ],
  getJob: [{ path: (of) => ({ job_id: of.job }), stranger: "job_not_found", colleague: "forbidden" }],
  cancelJob: [{ path: (of) => ({ job_id: of.job }), stranger: "job_not_found", colleague: "forbidden" }],
  retryJob: [{ path: (of) => ({ job_id: of.job }), stranger: "job_not_found", colleague: "forbidden" }],
  getJobReceipt: [{ path: (of) => ({ job_id: of.job }), stranger: "job_not_found", colleague: "forbidden" }],
  listJobItems: [{ path: (of) => ({ job_id: of.job }), stranger: "job_not_found", colleague: "forbidden" }],
  listUserFiles: [
    { stranger: 200, colleague: 200 },
    { query: (of) => ({ collection_id: of.collection }), stranger: "collection_not_found", colleague: 200 },
  ],
  getUserFile: [{ path: (of) => ({ id: of.image }), stranger: "image_not_found", colleague: 200 }],
  downloadUserFile: [{ path: (of) => ({ id: of.image }), stranger: "image_not_found", colleague: 200 }],
  listCollections: [
    { stranger: 200, colleague: 200 },
    { query: (of) => ({ cursor: of.collection }), stranger: 200, colleague: 200 },
  ],
  getCollection: [
    { path: (of) => ({ id: of.collection }), stranger: "collection_not_found", colleague: 200 },
  ],
  createCollection: [{ body: () => ({ name: "Mine" }), stranger: 201, colleague: 201 }],
  createApiKey: [
    { body: () => ({ name: "Mine", scopes: ["read"] }), stranger: 201, colleague: NO_ADMIN, admin: 201 },
  ],
  listApiKeys: [
    { stranger: 200, colleague: NO_ADMIN, admin: 200 },
    { query: (of) => ({ cursor: of.key }), stranger: 200, colleague: NO_ADMIN, admin: 200 },
  ],
  listMembers: [
    { stranger: 200, colleague: NO_ADMIN, admin: 200 },
    { query: (of) => ({ cursor: of.member }), stranger: 200, colleague: NO_ADMIN, admin: 200 },
  ],
  listMemberConnections: [
    {
      path: (of) => ({ user_id: of.member }),
      stranger: "member_not_found",
      colleague: NO_ADMIN,
      admin: 200,
      adminSees: ["connection"],
    },
  ],
  createInvitation: [
    {
      body: () => ({ email: "guest@example.com", role: "member" }),
      stranger: 201,
      colleague: NO_ADMIN,
      admin: 201,
    },
  ],
  listInvitations: [{ stranger: 200, colleague: NO_ADMIN, admin: 200 }],
  revokeInvitation: [
    {
      path: (of) => ({ invitation_id: of.invitation }),
      stranger: "invitation_not_found",
      colleague: NO_ADMIN,
      admin: 200,
      last: true,
    },
  ],
  acceptInvitation: [
    {
      body: () => ({ token: "t".repeat(43), display_name: "Me", password: "correct horse battery" }),
      stranger: "invitation_invalid",
      colleague: "invitation_invalid",
    },
  ],
  deleteWorkspace: [
    {
      body: () => ({ confirm: "another name" }),
      stranger: "confirmation_mismatch",
      colleague: NO_ADMIN,
      admin: "confirmation_mismatch",
    },
  ],
  listAuditEvents: [
    { stranger: 200, colleague: NO_ADMIN, admin: 200, adminSees: ["connection", "job"] },
    {
      query: (of) => ({ actor_user_id: of.member, target_id: of.connection }),
      stranger: 200,
      colleague: NO_ADMIN,
      admin: 200,
    },
  ],
  disconnect: [
    {
      path: (of) => ({ connection_id: of.connection }),
      stranger: "connection_not_found",
      colleague: "forbidden",
      admin: 200,
      last: true,
    },
  ],
  revokeApiKey: [
    {
      path: (of) => ({ key_id: of.key }),
      stranger: "api_key_not_found",
      colleague: NO_ADMIN,
      admin: 200,
      last: true,
    },
  ],
  updateMember: [
    {
      path: (of) => ({ user_id: of.member }),
      body: () => ({ role: "member" }),
      stranger: "member_not_found",
      colleague: NO_ADMIN,
      admin: 200,
      last: true,
    },
  ],
  removeMember: [
    {
      path: (of) => ({ user_id: of.member }),
      stranger: "member_not_found",
      colleague: NO_ADMIN,
      admin: 200,
      last: true,
    },
  ],
  getPrincipal: [{ stranger: 200, colleague: 200 }],
  signIn: [
    {
      body: () => ({ email: "nobody@example.com", password: "wrong" }),
      stranger: "invalid_credentials",
      colleague: "invalid_credentials",
    },
  ],
  signOut: [{ stranger: 200, colleague: 200 }],
  getSession: [{ stranger: 200, colleague: 200 }],
  livez: [{ stranger: 200, colleague: 200 }],
  readyz: [{ stranger: 200, colleague: 200 }],
};
