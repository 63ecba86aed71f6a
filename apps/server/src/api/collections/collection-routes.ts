import {
  CollectionPath,
  CollectionReply,
  CreateCollectionRequest,
  ListCollectionsQuery,
  ListCollectionsReply,
} from "@driveway/contract";
import type { Library } from "../../library/index.ts";
import { DrivewayError } from "../../platform/index.ts";
import type { ApiServer } from "../api-server.ts";
import { principalOf } from "../principal-of.ts";
import { presentCollection } from "./present-collection.ts";

const tags = ["Library"];

/** Collections of images: list, one, make. */
export function collectionRoutes(app: ApiServer, parts: { library: Library }): void {
  listRoute(app, parts.library);
  getRoute(app, parts.library);
  createRoute(app, parts.library);
}

function listRoute(app: ApiServer, library: Library): void {
  const schema = {
    tags,
    operationId: "listCollections",
    summary: "The collections of the workspace, newest first",
    querystring: ListCollectionsQuery,
    response: { 200: ListCollectionsReply },
  };
  app.get("/api/v2/collections", { schema }, async (request) => {
    const { tenantId } = principalOf(request);
    const { limit, cursor = null } = request.query;
    const page = await library.listCollections({ tenantId, limit, cursor });
    return { collections: page.collections.map(presentCollection), next_cursor: page.nextCursor };
  });
}

function getRoute(app: ApiServer, library: Library): void {
  const schema = {
    tags,
    operationId: "getCollection",
    summary: "One collection",
    params: CollectionPath,
    response: { 200: CollectionReply },
  };
  app.get("/api/v2/collections/:id", { schema }, async (request) => {
    const { tenantId } = principalOf(request);
    const collection = await library.getCollection({ tenantId, id: request.params.id });
    if (collection === null) throw new DrivewayError("collection_not_found", "There is no such collection.");
    return { collection: presentCollection(collection) };
  });
}

function createRoute(app: ApiServer, library: Library): void {
  const schema = {
    tags,
    operationId: "createCollection",
    summary: "Make an empty collection",
    body: CreateCollectionRequest,
    response: { 201: CollectionReply },
  };
  app.post("/api/v2/collections", { schema }, async (request, reply) => {
    const { tenantId, userId } = principalOf(request);
    const collection = await library.createCollection({
      tenantId,
      createdBy: userId,
      name: request.body.name,
    });
    return reply.code(201).send({ collection: presentCollection(collection) });
  });
}
