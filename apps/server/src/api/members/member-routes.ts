import {
  ListConnectionsReply,
  ListMembersQuery,
  ListMembersReply,
  MemberPath,
  MemberReply,
  RemoveMemberQuery,
  RemoveMemberReply,
  UpdateMemberRequest,
} from "@driveway/contract";
import type { Connections } from "../../connections/index.ts";
import type { Departures } from "../../departures/index.ts";
import type { Identity } from "../../identity/index.ts";
import type { ApiServer } from "../api-server.ts";
import { presentConnection } from "../connections/present-connection.ts";
import { principalOf } from "../principal-of.ts";
import { presentMember } from "./present-member.ts";

const tags = ["Members"];
const PATH = "/api/v2/members";

interface Parts {
  readonly identity: Identity;
  readonly connections: Connections;
  readonly departures: Departures;
}

/** The members of the workspace: list, change a role, remove, and the connections of one who is leaving. */
export function memberRoutes(app: ApiServer, parts: Parts): void {
  listRoute(app, parts);
  updateRoute(app, parts);
  removeRoute(app, parts);
  connectionsRoute(app, parts);
}

function listRoute(app: ApiServer, { identity }: Parts): void {
  const schema = {
    tags,
    operationId: "listMembers",
    summary: "The members of the workspace, those who came first at the top",
    querystring: ListMembersQuery,
    response: { 200: ListMembersReply },
  };
  app.get(PATH, { schema }, async (request) => {
    const { tenantId } = principalOf(request);
    const { limit, cursor = null } = request.query;
    const page = await identity.members.list({ tenantId, limit, cursor });
    return { members: page.members.map(presentMember), next_cursor: page.nextCursor };
  });
}

function updateRoute(app: ApiServer, { identity }: Parts): void {
  const schema = {
    tags,
    operationId: "updateMember",
    summary: "Make a member an admin, or an admin a member",
    params: MemberPath,
    body: UpdateMemberRequest,
    response: { 200: MemberReply },
  };
  app.patch(`${PATH}/:user_id`, { schema }, async (request) => {
    const actor = principalOf(request);
    const { role } = request.body;
    const member = await identity.members.changeRole({ actor, userId: request.params.user_id, role });
    return { member: presentMember(member) };
  });
}

function removeRoute(app: ApiServer, { departures }: Parts): void {
  const schema = {
    tags,
    operationId: "removeMember",
    summary: "Remove a member with their connections, jobs, keys and console account",
    params: MemberPath,
    querystring: RemoveMemberQuery,
    response: { 200: RemoveMemberReply },
  };
  app.delete(`${PATH}/:user_id`, { schema }, async (request) => {
    const actor = principalOf(request);
    const withImages = request.query.images === "delete";
    await departures.removeMember({ actor, userId: request.params.user_id, withImages });
    const images = withImages ? "The images that they brought in are being deleted" : "Their images stay";
    return { success: true as const, message: `The member was removed. ${images}.` };
  });
}

function connectionsRoute(app: ApiServer, { identity, connections }: Parts): void {
  const schema = {
    tags,
    operationId: "listMemberConnections",
    summary: "A colleague's connections, which an admin can remove and never use",
    params: MemberPath,
    response: { 200: ListConnectionsReply },
  };
  app.get(`${PATH}/:user_id/connections`, { schema }, async (request) => {
    const user = { tenantId: principalOf(request).tenantId, userId: request.params.user_id };
    await identity.members.get(user);
    const found = await connections.listConnections({ principal: user, provider: null, activeOnly: false });
    return { connections: found.map(presentConnection), total_count: found.length };
  });
}
