import type { FastifyRequest } from "fastify";
import { badRequest, forbidden, invalidValue } from "../errors.ts";
import type { Corpus } from "../listing/corpus.ts";
import { flagOf, queryOf } from "./call.ts";

/** What `corpora` may be, with the names that shared drives had when they were called team drives. */
const CORPORA: Readonly<Record<string, Corpus["kind"]>> = {
  user: "user",
  domain: "domain",
  drive: "drive",
  teamDrive: "drive",
  allDrives: "allDrives",
  allTeamDrives: "allDrives",
};

/**
 * Reads what a listing is to search. Throws 400 `invalid` for a corpus that there is not and for shared drives without
 * `supportsAllDrives`, 400 `teamDriveIdRequiresTeamDriveCorpora` when `driveId` is there without `corpora=drive` or the
 * other way round, and 403 for a corpus of shared drives without `includeItemsFromAllDrives`. The messages of the latter
 * two and the 403 were observed on the live service, the 400 and the reason of the 403 are guesses.
 */
export function readCorpus(request: FastifyRequest, settings: { incompleteSearch: boolean }): Corpus {
  const name = queryOf(request, "corpora") ?? "user";
  const kind = Object.hasOwn(CORPORA, name) ? CORPORA[name] : undefined;
  if (kind === undefined) throw invalidValue("corpora");
  const driveId = queryOf(request, "driveId") ?? queryOf(request, "teamDriveId");
  const includesSharedDrives = includesThem(request);
  if ((kind === "drive") !== (driveId !== undefined && driveId !== "")) throw mismatch();
  if (!includesSharedDrives && (kind === "drive" || kind === "allDrives")) throw notIncluded();
  switch (kind) {
    case "user":
    case "domain":
      return { kind, includesSharedDrives };
    case "drive":
      return { kind, driveId: driveId ?? "" };
    case "allDrives":
      return { kind, isIncomplete: settings.incompleteSearch };
  }
}

function includesThem(request: FastifyRequest): boolean {
  const isIncluded = flagOf(request, "includeItemsFromAllDrives") || flagOf(request, "includeTeamDriveItems");
  const isSupported = flagOf(request, "supportsAllDrives") || flagOf(request, "supportsTeamDrives");
  if (isIncluded && !isSupported) {
    const message = "The supportsAllDrives parameter must be true to include items from all drives.";
    throw badRequest(message, "invalid", "supportsAllDrives");
  }
  return isIncluded;
}

function mismatch() {
  const message = "The driveId parameter must be specified if and only if corpora is set to drive.";
  return badRequest(message, "teamDriveIdRequiresTeamDriveCorpora", "driveId");
}

function notIncluded() {
  const message =
    "The includeItemsFromAllDrives parameter must be set to true when driveId is specified or corpora contains drive or allDrives.";
  return forbidden("forbidden", message, "includeItemsFromAllDrives");
}
