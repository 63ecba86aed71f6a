import { randomBytes } from "node:crypto";
import type { Clock } from "../../platform/index.ts";
import { DriveError, type DriveFileAnswer } from "../drive.ts";
import { type BatchPart, encodeBatch, parseBatch } from "./batch.ts";
import { FILE_FIELDS, toDriveFile } from "./file-resource.ts";
import { parseAnswer, type GoogleApi } from "./google-api.ts";
import { readBody } from "./read-body.ts";
import { networkError } from "./network-error.ts";
import { readGoogleError } from "./read-google-error.ts";

const QUERY = `supportsAllDrives=true&fields=${encodeURIComponent(FILE_FIELDS)}`;
const BATCH_BODY_BYTES = 8 * 1024 * 1024;

/**
 * Describes files: one by `files.get`, several by one batch. Each file's refusal is its own answer; a refused token is
 * a fault of the whole call.
 */
export async function getFiles(
  params: { readonly api: GoogleApi; readonly clock: Clock },
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<DriveFileAnswer[]> {
  const [first] = ids;
  if (first === undefined) return [];
  if (ids.length === 1) return [await getOne(params.api, first, signal)];
  const parts = await sendBatch(params.api, ids, signal);
  const byIndex = new Map(parts.map((part) => [part.index, part]));
  return ids.map((id, index) => answerOf(id, byIndex.get(index), params.clock));
}

async function getOne(api: GoogleApi, id: string, signal?: AbortSignal): Promise<DriveFileAnswer> {
  try {
    return { id, ok: true, file: toDriveFile(await api.json({ method: "GET", url: pathOf(id), signal })) };
  } catch (error) {
    if (error instanceof DriveError && isAboutTheFile(error)) return { id, ok: false, error };
    throw error;
  }
}

function isAboutTheFile(error: DriveError): boolean {
  return error.kind === "gone" || error.kind === "not_allowed" || error.kind === "refused";
}

async function sendBatch(api: GoogleApi, ids: readonly string[], signal?: AbortSignal): Promise<BatchPart[]> {
  const boundary = `batch_${randomBytes(12).toString("hex")}`;
  const answer = await api.send({
    method: "POST",
    url: "/batch/drive/v3",
    headers: { "content-type": `multipart/mixed; boundary=${boundary}` },
    body: encodeBatch(ids.map(pathOf), boundary),
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
  if (part.status === 200) return { id, ok: true, file: toDriveFile(parseAnswer(part.body)) };
  const error = readGoogleError({ ...part, nowMs: clock.now() });
  if (error.kind === "stale_token") throw error;
  return { id, ok: false, error };
}

function pathOf(id: string): string {
  return `/drive/v3/files/${encodeURIComponent(id)}?${QUERY}`;
}
