import { DriveError, type DriveLook } from "../drive.ts";
import type { GoogleApi } from "./google-api.ts";
import { networkError } from "./network-error.ts";
import { openFile } from "./open-file.ts";
import { readBody } from "./read-body.ts";

/** A page of a thousand files with every field that there is stays below. */
const LOOK_BYTES = 16 * 1024 * 1024;
const EXPORT_BYTES = 24 * 1024 * 1024;
/** Google refuses to tell about an account without being told what (reference of `about.get`). */
const ABOUT_FIELDS = "user,storageQuota";

/** Reads for the picker; the answer is Google's own. */
export async function look(api: GoogleApi, wanted: DriveLook, signal?: AbortSignal): Promise<unknown> {
  switch (wanted.kind) {
    case "list": {
      const drives = { supportsAllDrives: "true", includeItemsFromAllDrives: "true" };
      return await read(api, "/drive/v3/files", { ...drives, ...wanted.params }, signal);
    }
    case "get": {
      const path = `/drive/v3/files/${encodeURIComponent(wanted.fileId)}`;
      return await read(api, path, { supportsAllDrives: "true", ...wanted.params }, signal);
    }
    case "about":
      return await read(api, "/drive/v3/about", { fields: ABOUT_FIELDS, ...wanted.params }, signal);
    case "export":
      return await readExport(api, wanted, signal);
  }
}

async function read(
  api: GoogleApi,
  path: string,
  params: Readonly<Record<string, string>>,
  signal?: AbortSignal,
) {
  const query = new URLSearchParams({ ...params, prettyPrint: "false" });
  return await api.json({ method: "GET", url: `${path}?${query.toString()}`, signal, maxBytes: LOOK_BYTES });
}

async function readExport(
  api: GoogleApi,
  wanted: { fileId: string; mimeType: string },
  signal?: AbortSignal,
) {
  const opened = await openFile(api, { file: { id: wanted.fileId }, exportAs: wanted.mimeType }, signal);
  const content = await readBody(opened.stream, EXPORT_BYTES).catch((cause: unknown) => {
    throw cause instanceof DriveError ? cause : networkError(cause, signal);
  });
  return { mime_type: opened.mediaType, encoding: "base64", content: content.toString("base64") };
}
