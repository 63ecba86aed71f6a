import { PassThrough, type Readable } from "node:stream";
import { DriveError, type FileRef, type OpenedFile } from "../drive.ts";
import type { ApiAnswer, GoogleApi } from "./google-api.ts";
import { networkError } from "./network-error.ts";
import { readTrustedAddress } from "./read-trusted-address.ts";
import { resourceKeyHeaders } from "./resource-key-headers.ts";

const MAX_HOPS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const BUFFER_BYTES = 256 * 1024;

interface OpenFile {
  readonly file: FileRef;
  readonly exportAs?: string;
  readonly fromByte?: number;
}

/** Opens a file's bytes, or a native document's in another format (`alt=media`, `files.export`). */
export async function openFile(api: GoogleApi, wanted: OpenFile, signal?: AbortSignal): Promise<OpenedFile> {
  const fromByte = wanted.fromByte ?? 0;
  const answer = await follow(api, wanted, fromByte, signal);
  if (answer.status !== 200 && answer.status !== 206) throw await api.refusalOf(answer);
  const fault = unfitness(answer, wanted, fromByte);
  if (fault !== null) {
    answer.body.on("error", () => {}).destroy();
    throw fault;
  }
  const length = answer.header("content-length");
  return {
    stream: guard(answer.body, signal),
    sizeBytes: length !== null && /^\d+$/.test(length) ? Number(length) : null,
    totalBytes: totalBytesOf(answer),
    mediaType: mediaTypeOf(answer),
  };
}

function contentPath(wanted: OpenFile): string {
  const file = `/drive/v3/files/${encodeURIComponent(wanted.file.id)}`;
  if (wanted.exportAs !== undefined) return `${file}/export?mimeType=${encodeURIComponent(wanted.exportAs)}`;
  return `${file}?alt=media&supportsAllDrives=true`;
}

/** Follows redirects to Google's content hosts alone, and leaves token and key behind when the host changes. */
async function follow(
  api: GoogleApi,
  wanted: OpenFile,
  fromByte: number,
  signal?: AbortSignal,
): Promise<ApiAnswer> {
  const path = contentPath(wanted);
  const plain: Record<string, string> = { "accept-encoding": "identity" };
  if (fromByte > 0) plain.range = `bytes=${fromByte}-`;
  const keyed = { ...plain, ...resourceKeyHeaders([wanted.file]) };
  let answer = await api.send({ method: "GET", url: path, headers: keyed, signal });
  let at = new URL(path, api.root);
  for (let hop = 0; REDIRECTS.has(answer.status); hop += 1) {
    const next = readTrustedAddress({ location: answer.header("location"), base: at, apiRoot: api.root });
    answer.body.on("error", () => {}).destroy();
    if (next === null || hop === MAX_HOPS) {
      throw new DriveError("try_later", "Google sent us to an address that we do not trust.", {
        reason: "redirect",
      });
    }
    const authorize = next.origin === api.root.origin;
    const headers = authorize ? keyed : plain;
    answer = await api.send({ method: "GET", url: next, headers, authorize, signal });
    at = next;
  }
  return answer;
}

/** What makes a success unfit: a page in place of the bytes, or other bytes than those asked for. */
function unfitness(answer: ApiAnswer, wanted: OpenFile, fromByte: number): DriveError | null {
  const attached = /^attachment/i.test(answer.header("content-disposition") ?? "");
  if (mediaTypeOf(answer) === "text/html" && !attached && wanted.exportAs !== "text/html") {
    return new DriveError("try_later", "Google sent a web page in place of the file.", {
      reason: "html_answer",
    });
  }
  const encoding = answer.header("content-encoding") ?? "identity";
  if (encoding.toLowerCase() !== "identity") {
    // It was not asked for, and what it unpacks to is nothing that the provider's size and checksum speak of.
    return new DriveError("try_later", "Google sent the file in another form than it was asked for.", {
      reason: "encoded_answer",
    });
  }
  if (fromByte === 0) return null;
  const startsAt = /^bytes (\d+)-/.exec(answer.header("content-range") ?? "")?.[1];
  if (answer.status === 206 && startsAt === String(fromByte)) return null;
  return new DriveError("refused", "Google did not continue the file where it was asked to.", {
    reason: "range_ignored",
  });
}

/** The complete length in `Content-Range` (RFC 9110 section 14.4). */
function totalBytesOf(answer: ApiAnswer): number | null {
  const total = /^bytes \d+-\d+\/(\d+)$/.exec(answer.header("content-range") ?? "")?.[1];
  return total === undefined ? null : Number(total);
}

function mediaTypeOf(answer: ApiAnswer): string {
  const [type = ""] = (answer.header("content-type") ?? "").split(";");
  return type.trim().toLowerCase() || "application/octet-stream";
}

/** Passes the bytes on; a break becomes `try_later`, an early end of the reader closes the connection. */
function guard(body: Readable, signal?: AbortSignal): Readable {
  const out = new PassThrough({ highWaterMark: BUFFER_BYTES });
  // A break may come before anybody reads. The reader gets it all the same; without a listener it would end the process.
  out.on("error", () => {});
  body.on("error", (cause: unknown) => {
    const error = networkError(cause, signal);
    out.destroy(error instanceof Error ? error : new Error("aborted", { cause: error }));
  });
  out.once("close", () => body.destroy());
  return body.pipe(out);
}
