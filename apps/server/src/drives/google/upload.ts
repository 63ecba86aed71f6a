import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import type { DriveFile, Upload } from "../drive.ts";
import { FILE_FIELDS, toDriveFile } from "./file-resource.ts";
import type { GoogleApi } from "./google-api.ts";
import { readSlice } from "./read-slice.ts";
import { uploadResumable } from "./upload-resumable.ts";

/** Google's own limit for a file that goes in one request with its metadata. */
const MULTIPART_MAX_BYTES = 5 * 1024 * 1024;

/**
 * Makes a file under a reserved id (`files.create`) or a new revision of one (`files.update`): up to 5 MB in one
 * multipart request, above it by the resumable protocol (Drive API guide "Upload file data").
 */
export async function upload(api: GoogleApi, wanted: Upload, signal?: AbortSignal): Promise<DriveFile> {
  const metadata = JSON.stringify(metadataOf(wanted));
  if (wanted.sizeBytes > MULTIPART_MAX_BYTES) {
    const start = { ...startOf(wanted, "resumable"), metadata };
    return toDriveFile(await uploadResumable({ api, upload: wanted, start, signal }));
  }
  const boundary = `part_${randomBytes(12).toString("hex")}`;
  const head = Buffer.from(
    `--${boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n${metadata}\r\n` +
      `--${boundary}\r\nContent-Type: ${wanted.mimeType}\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const resource = await api.json({
    ...startOf(wanted, "multipart"),
    headers: {
      "content-type": `multipart/related; boundary=${boundary}`,
      "content-length": String(head.length + wanted.sizeBytes + tail.length),
    },
    body: Readable.from(parts(head, wanted, tail), { objectMode: false }),
    signal,
  });
  return toDriveFile(resource);
}

const QUERY = `supportsAllDrives=true&fields=${encodeURIComponent(FILE_FIELDS)}`;

function startOf(wanted: Upload, uploadType: "multipart" | "resumable") {
  const query = `uploadType=${uploadType}&${QUERY}`;
  if (wanted.revises !== true) return { method: "POST", url: `/upload/drive/v3/files?${query}` } as const;
  const url = `/upload/drive/v3/files/${encodeURIComponent(wanted.id)}?${query}`;
  return { method: "PATCH", url } as const;
}

async function* parts(head: Buffer, wanted: Upload, tail: Buffer): AsyncGenerator<Buffer> {
  yield head;
  yield* readSlice(wanted, 0, wanted.sizeBytes);
  yield tail;
}

function metadataOf(wanted: Upload): Record<string, unknown> {
  return {
    name: wanted.name,
    mimeType: wanted.mimeType,
    appProperties: wanted.properties,
    ...(wanted.description === null ? {} : { description: wanted.description }),
    ...(wanted.revises === true ? {} : placeOf(wanted)),
  };
}

/** What is settled when a file is made, and refused or moved by a change of it. */
function placeOf(wanted: Upload): Record<string, unknown> {
  return {
    id: wanted.id,
    ...(wanted.parentId === null ? {} : { parents: [wanted.parentId] }),
    ...(wanted.createdAt === null ? {} : { createdTime: wanted.createdAt.toISOString() }),
  };
}
