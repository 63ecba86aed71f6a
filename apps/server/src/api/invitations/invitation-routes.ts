import {
  AcceptInvitationReply,
  AcceptInvitationRequest,
  CreateInvitationReply,
  CreateInvitationRequest,
  InvitationPath,
  ListInvitationsQuery,
  ListInvitationsReply,
  RevokeInvitationReply,
} from "@driveway/contract";
import type { Identity } from "../../identity/index.ts";
import type { ApiServer } from "../api-server.ts";
import { presentMember } from "../members/present-member.ts";
import { principalOf } from "../principal-of.ts";
import { presentInvitation } from "./present-invitation.ts";

const tags = ["Members"];
const PATH = "/api/v2/invitations";

interface Parts {
  readonly identity: Identity;
  readonly publicUrl: string;
}

/** Invitations into the workspace: make, list, take back, accept. */
export function invitationRoutes(app: ApiServer, parts: Parts): void {
  createRoute(app, parts);
  listRoute(app, parts);
  revokeRoute(app, parts);
  acceptRoute(app, parts);
}

function createRoute(app: ApiServer, { identity, publicUrl }: Parts): void {
  const schema = {
    tags,
    operationId: "createInvitation",
    summary: "Invite an address for seven days; replaces its open invitation",
    body: CreateInvitationRequest,
    response: { 201: CreateInvitationReply },
  };
  app.post(PATH, { schema }, async (request, reply) => {
    const actor = principalOf(request);
    const { invitation, token } = await identity.members.invite({ actor, ...request.body });
    // In the fragment, which browsers keep to themselves: no server's log ever holds it (RFC 9110, 4.2.5).
    const acceptUrl = `${publicUrl}/#invitation=${token}`;
    return reply.code(201).send({ invitation: presentInvitation(invitation), token, accept_url: acceptUrl });
  });
}

function listRoute(app: ApiServer, { identity }: Parts): void {
  const schema = {
    tags,
    operationId: "listInvitations",
    summary: "The open invitations of the workspace, newest first",
    querystring: ListInvitationsQuery,
    response: { 200: ListInvitationsReply },
  };
  app.get(PATH, { schema }, async (request) => {
    const { tenantId } = principalOf(request);
    const { limit, cursor = null } = request.query;
    const page = await identity.members.listInvitations({ tenantId, limit, cursor });
    return { invitations: page.invitations.map(presentInvitation), next_cursor: page.nextCursor };
  });
}

function revokeRoute(app: ApiServer, { identity }: Parts): void {
  const schema = {
    tags,
    operationId: "revokeInvitation",
    summary: "Take an open invitation back",
    params: InvitationPath,
    response: { 200: RevokeInvitationReply },
  };
  app.delete(`${PATH}/:invitation_id`, { schema }, async (request) => {
    const actor = principalOf(request);
    await identity.members.revokeInvitation({ actor, id: request.params.invitation_id });
    return { success: true as const, message: "The invitation was taken back." };
  });
}

function acceptRoute(app: ApiServer, { identity }: Parts): void {
  const schema = {
    tags,
    operationId: "acceptInvitation",
    summary: "Join a workspace with the token of an invitation; then sign in with the password",
    body: AcceptInvitationRequest,
    response: { 201: AcceptInvitationReply },
  };
  app.post(`${PATH}/accept`, { schema }, async (request, reply) => {
    const { token, display_name: displayName, password } = request.body;
    const client = { address: request.ip, requestId: request.id };
    const { origin } = request.headers;
    const acceptance = { token, displayName, password, client, origin };
    const { member, workspace } = await identity.members.acceptInvitation(acceptance);
    return reply.code(201).send({ member: presentMember(member), workspace });
  });
}
