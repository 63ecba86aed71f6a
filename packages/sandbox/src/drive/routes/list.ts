import type { FastifyInstance, FastifyRequest } from "fastify";
import { forbidden, invalidValue } from "../errors.ts";
import type { FieldMask } from "../fields/parse-fields.ts";
import { FILE_LIST_SHAPE } from "../fields/resource-shapes.ts";
import { asksFor, maskWithin } from "../fields/select-fields.ts";
import { listFiles, type FilePage, type ListRequest } from "../listing/list-files.ts";
import type { Viewer } from "../present/file-view.ts";
import { DEFAULT_FILE_MASK, filePresenter } from "../present/present-file.ts";
import { maskOf, numberOf, openCall, queryOf, readImages, sendJson } from "./call.ts";
import type { DriveContext } from "./drive-context.ts";
import { readCorpus } from "./read-corpus.ts";

/** As long documented; newer texts promise the entire list. */
const DEFAULT_PAGE_SIZE = 100;
const LARGEST_PAGE_SIZE = 1000;
const LARGEST_WITH_PERMISSIONS = 100;
const SPACES = new Set(["drive", "appDataFolder"]);

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
    const { store, pages, settings } = context;
    const reading = { store, pages, caller, habits: settings.current.drive, nowMs: context.now() };
    const asked = readListRequest(context, request, mask);
    const page = listFiles(reading, asked);
    const incompleteSearch = asked.corpus.kind === "allDrives" && asked.corpus.isIncomplete;
    const send = () => sendJson(request, reply, presentPage({ ...page, incompleteSearch }, mask, viewer));
    return readImages(context, page.files, maskWithin(mask, "files"))?.then(send) ?? send();
  });
}

function readListRequest({ settings }: DriveContext, request: FastifyRequest, mask: FieldMask): ListRequest {
  requireSpaces(request);
  return {
    q: queryOf(request, "q"),
    orderBy: queryOf(request, "orderBy"),
    corpus: readCorpus(request, settings.current.drive),
    pageSize: Math.min(numberOf(request, "pageSize", { least: 1 }) ?? DEFAULT_PAGE_SIZE, largestPage(mask)),
    pageToken: queryOf(request, "pageToken"),
  };
}

/** Pages are at most 1000 files long, and 100 when the permissions of each are asked for. */
function largestPage(mask: FieldMask): number {
  return asksFor(maskWithin(mask, "files"), "permissions") ? LARGEST_WITH_PERMISSIONS : LARGEST_PAGE_SIZE;
}

/** There is but one space here: the folder for an application's own data is refused as without the scope for it. */
function requireSpaces(request: FastifyRequest): void {
  const spaces = (queryOf(request, "spaces") ?? "drive").split(",").map((space) => space.trim());
  if (!spaces.every((space) => SPACES.has(space))) throw invalidValue("spaces");
  if (spaces.includes("appDataFolder")) {
    const message = "The granted scopes do not give access to all of the requested spaces.";
    throw forbidden("insufficientScopes", message, "spaces");
  }
}

function presentPage(
  { files, nextPageToken, incompleteSearch }: FilePage & { incompleteSearch: boolean },
  mask: FieldMask,
  viewer: Viewer,
): object {
  return {
    ...(asksFor(mask, "kind") && { kind: "drive#fileList" }),
    ...(asksFor(mask, "nextPageToken") && nextPageToken !== null && { nextPageToken }),
    ...(asksFor(mask, "incompleteSearch") && { incompleteSearch }),
    ...(asksFor(mask, "files") && { files: files.map(filePresenter(maskWithin(mask, "files"), viewer)) }),
  };
}
