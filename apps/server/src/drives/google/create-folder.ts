import type { DriveFile } from "../drive.ts";
import { FILE_FIELDS, FOLDER_TYPE, toDriveFile } from "./file-resource.ts";
import type { GoogleApi } from "./google-api.ts";

/** Makes a folder under a reserved id (`files.create`). */
export async function createFolder(
  api: GoogleApi,
  folder: { readonly id: string; readonly name: string; readonly parentId: string | null },
  signal?: AbortSignal,
): Promise<DriveFile> {
  const parents = folder.parentId === null ? {} : { parents: [folder.parentId] };
  const resource = await api.json({
    method: "POST",
    url: `/drive/v3/files?supportsAllDrives=true&fields=${encodeURIComponent(FILE_FIELDS)}`,
    headers: { "content-type": "application/json; charset=UTF-8" },
    body: JSON.stringify({ id: folder.id, name: folder.name, mimeType: FOLDER_TYPE, ...parents }),
    signal,
  });
  return toDriveFile(resource);
}
