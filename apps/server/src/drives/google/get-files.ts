import { randomBytes } from "node:crypto";
import type { Clock } from "../../platform/index.ts";
import { DriveError, type DriveFile, type DriveFileAnswer, type FileRef } from "../drive.ts";
import { type BatchPart, encodeBatch, parseBatch } from "./batch.ts";
import { FILE_FIELDS, toDriveFile } from "./file-resource.ts";
import { parseAnswer, type GoogleApi } from "./google-api.ts";
import { readBody } from "./read-body.ts";
import { networkError } from "./network-error.ts";
import { readGoogleError } from "./read-google-error.ts";
import { resourceKeyHeaders } from "./resource-key-headers.ts";

const QUERY = `supportsAllDrives=true&fields=${encodeURIComponent(FILE_FIELDS)}`;
const BATCH_BODY_BYTES = 8 * 1024 * 1024;
/** The one id that is answered with another: the top of the user's own drive. */
const ROOT_ALIAS = "root";

/**
 * Describes files: one by `files.get`, several by one batch. Each file's refusal is its own answer; a refused token is
 * a fault of the whole call.
 */
export async function getFiles(
  params: { readonly api: GoogleApi; readonly clock: Clock },
  files: readonly FileRef[],
  signal?: AbortSignal,
): Promise<DriveFileAnswer[]> {
  const [first] = files;
  if (first === undefined) return [];
  if (files.length === 1) return [await getOne(params.api, first, signal)];
  const parts = await sendBatch(params.api, files, signal);
  const byIndex = new Map(parts.map((part) => [part.index, part]));
  return files.map(({ id }, index) => answerOf(id, byIndex.get(index), params.clock));
}

async function getOne(api: GoogleApi, ref: FileRef, signal?: AbortSignal): Promise<DriveFileAnswer> {
  const { id } = ref;
  try {
    const headers = resourceKeyHeaders([ref]);
    const resource = await api.json({ method: "GET", url: pathOf(ref), headers, signal });
    return { id, ok: true, file: fileAsked(id, resource) };
  } catch (error) {
    if (error instanceof DriveError && isAboutTheFile(error)) return { id, ok: false, error };
    throw error;
  }
}

function isAboutTheFile(error: DriveError): boolean {
  return error.kind === "gone" || error.kind === "not_allowed" || error.kind === "refused";
}

async function sendBatch(
  api: GoogleApi,
  files: readonly FileRef[],
  signal?: AbortSignal,
): Promise<BatchPart[]> {
  const boundary = `batch_${randomBytes(12).toString("hex")}`;
  const calls = files.map((ref) => ({ path: pathOf(ref), headers: resourceKeyHeaders([ref]) }));
  const answer = await api.send({
    method: "POST",
    url: "/batch/drive/v3",
    headers: { "content-type": `multipart/mixed; boundary=${boundary}` },
    body: encodeBatch(calls, boundary),
    signal,
  });
  if (answer.status !== 200) throw await api.refusalOf(answer);
  const body = await readBody(answer.body, BATCH_BODY_BYTES).catch((cause: unknown) => {
    throw networkError(cause, signal);
  });
  return parseBatch(answer.header("content-type") ?? "", body.toString("utf8"));
}

function answerOf(id: string, part: BatchPart | undefined, clock: Clock): DriveFileAnswer {
  if (part === undefined) {
    const message = "Google left the file out of its answer.";
    return { id, ok: false, error: new DriveError("try_later", message, { reason: "missing_part" }) };
  }
  if (part.status === 200) return readPart(id, part.body);
  const error = readGoogleError({ ...part, nowMs: clock.now() });
  if (error.kind === "stale_token") throw error;
  return { id, ok: false, error };
}

/** A part that is no file spoils its own answer, and not that of the others. */
function readPart(id: string, body: string): DriveFileAnswer {
  try {
    return { id, ok: true, file: fileAsked(id, parseAnswer(body)) };
  } catch (error) {
    if (error instanceof DriveError) return { id, ok: false, error };
    throw error;
  }
}

/** @throws {DriveError} `try_later` for another file than the one that was asked for */
function fileAsked(id: string, resource: unknown): DriveFile {
  const file = toDriveFile(resource);
  if (file.id === id || id === ROOT_ALIAS) return file;
  throw new DriveError("try_later", "Google's answer was not intelligible.", { reason: "another_file" });
}

function pathOf({ id }: FileRef): string {
  return `/drive/v3/files/${encodeURIComponent(id)}?${QUERY}`;
}
