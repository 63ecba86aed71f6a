import type { Drive, DriveFolderPage } from "../drive.ts";
import type { GoogleApi } from "./google-api.ts";
import { listFiles } from "./list-files.ts";
import { quoted } from "./quoted.ts";
import { resourceKeyHeaders } from "./resource-key-headers.ts";

/** Lists what lies directly in a folder (`files.list` with `in parents`). */
export async function listFolder(
  api: GoogleApi,
  wanted: Parameters<Drive["listFolder"]>[0],
  signal?: AbortSignal,
): Promise<DriveFolderPage> {
  const { folder, driveId = null, pageToken = null } = wanted;
  const q = `${quoted(folder.id)} in parents and trashed = false`;
  return await listFiles(api, { q, driveId, pageToken, headers: resourceKeyHeaders([folder]) }, signal);
}
