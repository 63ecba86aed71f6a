import { ListUserFilesQuery, ListUserFilesReply, UserFile, UserFilePath } from "@driveway/contract";
import type { Library } from "../../library/index.ts";
import { DrivewayError } from "../../platform/index.ts";
import type { ApiServer } from "../api-server.ts";
import { principalOf } from "../principal-of.ts";
import { downloadRoute } from "./download-route.ts";
import { findUserFile } from "./find-user-file.ts";
import { presentUserFile } from "./present-user-file.ts";

const tags = ["Library"];

/** The images of the library: list, one, and its bytes. */
export function userFileRoutes(app: ApiServer, parts: { library: Library }): void {
  listRoute(app, parts.library);
  getRoute(app, parts.library);
  downloadRoute(app, parts.library);
}

function listRoute(app: ApiServer, library: Library): void {
  const schema = {
    tags,
    operationId: "listUserFiles",
    summary: "The images of the workspace, newest first",
    querystring: ListUserFilesQuery,
    response: { 200: ListUserFilesReply },
  };
  app.get("/api/v2/user-files", { schema }, async (request) => {
    const { tenantId } = principalOf(request);
    const { limit, offset, collection_id: collectionId = null } = request.query;
    if (collectionId !== null && !(await library.collectionExists({ tenantId, id: collectionId }))) {
      throw new DrivewayError("collection_not_found", "There is no such collection.");
    }
    const { images, totalCount } = await library.listImages({ tenantId, limit, offset, collectionId });
    const hasMore = offset + images.length < totalCount && images.length > 0;
    return { files: images.map(presentUserFile), limit, offset, total_count: totalCount, has_more: hasMore };
  });
}

function getRoute(app: ApiServer, library: Library): void {
  const schema = {
    tags,
    operationId: "getUserFile",
    summary: "One image",
    params: UserFilePath,
    response: { 200: UserFile },
  };
  app.get("/api/v2/user-files/:id", { schema }, async (request) => {
    const { tenantId } = principalOf(request);
    return presentUserFile(await findUserFile(library, { tenantId, id: request.params.id }));
  });
}
