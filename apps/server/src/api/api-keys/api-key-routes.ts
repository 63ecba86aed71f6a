import {
  ApiKeyPath,
  ApiKeyReply,
  CreateApiKeyReply,
  CreateApiKeyRequest,
  ListApiKeysQuery,
  ListApiKeysReply,
} from "@driveway/contract";
import type { Identity } from "../../identity/index.ts";
import type { ApiServer } from "../api-server.ts";
import { principalOf } from "../principal-of.ts";
import { presentApiKey } from "./present-api-key.ts";

const PATH = "/api/v2/api-keys";
const tags = ["API keys"];

/** The API keys of the workspace: make, list, revoke. */
export function apiKeyRoutes(app: ApiServer, parts: { readonly identity: Identity }): void {
  createRoute(app, parts.identity);
  listRoute(app, parts.identity);
  revokeRoute(app, parts.identity);
}

function createRoute(app: ApiServer, identity: Identity): void {
  const schema = {
    tags,
    operationId: "createApiKey",
    summary: "Make an API key that acts for you; its secret is in this reply and nowhere else",
    body: CreateApiKeyRequest,
    response: { 201: CreateApiKeyReply },
  };
  app.post(PATH, { schema }, async (request, reply) => {
    const { name, scopes, expires_at } = request.body;
    const { apiKey, secret } = await identity.createApiKey({
      principal: principalOf(request),
      name,
      scopes,
      expiresAt: expires_at === null ? null : new Date(expires_at),
    });
    return reply.code(201).send({ api_key: presentApiKey(apiKey), secret });
  });
}

function listRoute(app: ApiServer, identity: Identity): void {
  const schema = {
    tags,
    operationId: "listApiKeys",
    summary: "The API keys of the workspace, newest first, with those that are over",
    querystring: ListApiKeysQuery,
    response: { 200: ListApiKeysReply },
  };
  app.get(PATH, { schema }, async (request) => {
    const { tenantId } = principalOf(request);
    const { limit, cursor = null } = request.query;
    const page = await identity.listApiKeys({ tenantId, limit, cursor });
    return { api_keys: page.apiKeys.map(presentApiKey), next_cursor: page.nextCursor };
  });
}

function revokeRoute(app: ApiServer, identity: Identity): void {
  const schema = {
    tags,
    operationId: "revokeApiKey",
    summary: "Revoke an API key for good; one that is revoked already stays as it is",
    params: ApiKeyPath,
    response: { 200: ApiKeyReply },
  };
  app.delete(`${PATH}/:key_id`, { schema }, async (request) => {
    const apiKey = await identity.revokeApiKey({
      principal: principalOf(request),
      id: request.params.key_id,
    });
    return { api_key: presentApiKey(apiKey) };
  });
}
