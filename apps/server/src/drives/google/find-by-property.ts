import { DriveError, type Drive, type DriveFile } from "../drive.ts";
import type { GoogleApi } from "./google-api.ts";
import { listFiles } from "./list-files.ts";
import { quoted } from "./quoted.ts";

/** Keeps the address of a request below 8 KiB. */
const VALUES_AT_A_TIME = 25;
/** What was put there by this application fills one page; more than these are a list without an end. */
const MOST_PAGES = 100;

type Wanted = Parameters<Drive["findByProperty"]>[0];

/** Finds files by a property that this application wrote (`files.list` with `appProperties has`). */
export async function findByProperty(
  api: GoogleApi,
  wanted: Wanted,
  signal?: AbortSignal,
): Promise<DriveFile[]> {
  const found = new Map<string, DriveFile>();
  for (let start = 0; start < wanted.values.length; start += VALUES_AT_A_TIME) {
    const values = wanted.values.slice(start, start + VALUES_AT_A_TIME);
    for (const file of await findAll(api, queryOf({ ...wanted, values }), signal)) {
      if (isWanted(file, wanted)) found.set(file.id, file);
    }
  }
  return [...found.values()];
}

function queryOf({ parentId, key, values }: Wanted): string {
  const terms = values.map((value) => `appProperties has { key=${quoted(key)} and value=${quoted(value)} }`);
  return `${quoted(parentId ?? "root")} in parents and trashed = false and (${terms.join(" or ")})`;
}

async function findAll(api: GoogleApi, q: string, signal?: AbortSignal): Promise<DriveFile[]> {
  const files: DriveFile[] = [];
  let pageToken: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await listFiles(api, { q, pageToken }, signal);
    files.push(...answer.files);
    pageToken = answer.nextPageToken;
    if (pageToken === null) return files;
  }
  throw new DriveError("try_later", "Google's answer was not intelligible.", { reason: "endless_list" });
}

function isWanted(file: DriveFile, { parentId, key, values }: Wanted): boolean {
  if (file.trashed || (parentId !== null && !file.parents.includes(parentId))) return false;
  const value = Object.hasOwn(file.properties, key) ? file.properties[key] : undefined;
  return value !== undefined && values.includes(value);
}
