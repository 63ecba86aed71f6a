import type { FastifyInstance, FastifyRequest } from "fastify";
import { badRequest, invalidValue } from "../errors.ts";
import type { FieldMask } from "../fields/parse-fields.ts";
import { FILE_LIST_SHAPE } from "../fields/resource-shapes.ts";
import { asksFor, maskWithin } from "../fields/select-fields.ts";
import { listFiles, type FilePage, type ListRequest } from "../listing/list-files.ts";
import type { Viewer } from "../present/file-view.ts";
import { DEFAULT_FILE_MASK, filePresenter } from "../present/present-file.ts";
import { flagOf, maskOf, numberOf, openCall, queryOf, sendJson } from "./call.ts";
import type { DriveContext } from "./drive-context.ts";

const DEFAULT_PAGE_SIZE = 100;
const LARGEST_PAGE_SIZE = 1000;
const CORPORA = new Set(["user", "drive", "domain", "allDrives"]);

const DEFAULT_LIST_MASK: FieldMask = new Map<string, FieldMask>([
  ["kind", "all"],
  ["nextPageToken", "all"],
  ["incompleteSearch", "all"],
  ["files", DEFAULT_FILE_MASK],
]);

/** files.list: a page of the user's files. */
export function registerList(scope: FastifyInstance, context: DriveContext): void {
  scope.get("/drive/v3/files", { config: { kind: "files.list" } }, (request, reply) => {
    const { caller, viewer } = openCall(context, request, "readMetadata", "files.list");
    const mask = maskOf(request, FILE_LIST_SHAPE, DEFAULT_LIST_MASK);
    const page = listFiles({ store: context.store, pages: context.pages, caller }, readListRequest(request));
    return sendJson(request, reply, presentPage(page, mask, viewer));
  });
}

function readListRequest(request: FastifyRequest): ListRequest {
  const corpora = queryOf(request, "corpora") ?? "user";
  if (!CORPORA.has(corpora)) throw invalidValue("corpora");
  if ((queryOf(request, "spaces") ?? "drive") !== "drive") throw invalidValue("spaces");
  const includesSharedDrives = flagOf(request, "includeItemsFromAllDrives");
  if (includesSharedDrives && !flagOf(request, "supportsAllDrives")) {
    throw badRequest(
      "The supportsAllDrives parameter must be true to include items from all drives.",
      "invalid",
    );
  }
  return {
    q: queryOf(request, "q"),
    orderBy: queryOf(request, "orderBy"),
    corpora,
    pageSize: Math.min(numberOf(request, "pageSize", { least: 1 }) ?? DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE),
    pageToken: queryOf(request, "pageToken"),
  };
}

function presentPage({ files, nextPageToken }: FilePage, mask: FieldMask, viewer: Viewer): object {
  return {
    ...(asksFor(mask, "kind") && { kind: "drive#fileList" }),
    ...(asksFor(mask, "nextPageToken") && nextPageToken !== null && { nextPageToken }),
    ...(asksFor(mask, "incompleteSearch") && { incompleteSearch: false }),
    ...(asksFor(mask, "files") && { files: files.map(filePresenter(maskWithin(mask, "files"), viewer)) }),
  };
}
