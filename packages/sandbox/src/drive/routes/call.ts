import { gzipSync } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import { originAt } from "../../hosts/google-hosts.ts";
import { reachedHost } from "../../hosts/reached-host.ts";
import { type Caller, type Deed, requireCaller } from "../caller.ts";
import { apiNotEnabled, badRequest, downloadWithoutCredential, invalidValue } from "../errors.ts";
import { type FieldMask, parseFields } from "../fields/parse-fields.ts";
import type { Shape } from "../fields/resource-shapes.ts";
import { asksFor } from "../fields/select-fields.ts";
import type { DriveFile } from "../file.ts";
import type { Viewer } from "../present/file-view.ts";
import type { CallTerms } from "../sharing/call-terms.ts";
import { parseResourceKeys } from "../sharing/resource-keys.ts";
import { chargeCall } from "./charge-call.ts";
import type { DriveContext } from "./drive-context.ts";

/** One call of a method by somebody who may call it. */
export interface Call {
  readonly caller: Caller;
  readonly viewer: Viewer;
}

/**
 * Establishes who calls, and that the call can be answered at all; `method` is Google's name, such as `files.get`.
 * From then on it is charged for. Throws as requireCaller and chargeCall do, 403 `accessNotConfigured` while the API is switched off, 400 `invalid` for an `alt`
 * that the method does not have.
 */
export function openCall(context: DriveContext, request: FastifyRequest, deed: Deed, method: string): Call {
  const { store, authorize, now, images } = context;
  const header = credentialOf(request, deed);
  if (header === undefined && deed === "readContent") throw downloadWithoutCredential();
  const credential = requireCaller(authorize, { header, deed, method });
  const caller = { ...credential, ...termsOf(context, request, deed) };
  request.traffic.email = caller.account.email;
  request.traffic.clientId = caller.clientId;
  if (!context.settings.current.drive.apiEnabled) throw apiNotEnabled();
  const alt = altOf(request);
  if (alt !== "json" && !(alt === "media" && deed === "readContent")) throw invalidValue("alt");
  chargeCall(context, request, caller);
  return { caller, viewer: { store, caller, origin: originOf(request), now, images } };
}

/** The Authorization header. Where no bytes are given out, `access_token` of the query does as well. */
function credentialOf(request: FastifyRequest, deed: Deed): string | undefined {
  const { authorization } = request.headers;
  if (authorization !== undefined || deed === "readContent") return authorization;
  const token = queryOf(request, "access_token");
  return token === undefined ? undefined : `Bearer ${token}`;
}

/** The message was seen from the live service, the status is a guess. */
function resourceKeyInQuery() {
  const message =
    "Resource key cannot be passed as a query parameter, use the X-Goog-Drive-Resource-Keys header instead.";
  return badRequest(message, "badRequest", "resourceKey");
}

/** What the call says about itself. Methods that give out bytes find items of shared drives without being told. */
function termsOf(context: DriveContext, request: FastifyRequest, deed: Deed): CallTerms {
  if (queryOf(request, "resourceKey") !== undefined) throw resourceKeyInQuery();
  const isTold = flagOf(request, "supportsAllDrives") || flagOf(request, "supportsTeamDrives");
  return {
    supportsAllDrives: isTold || deed === "readContent",
    resourceKeys: parseResourceKeys(request.headers["x-goog-drive-resource-keys"]),
    ...limitsNow(context),
  };
}

/** The limits that a call meets at this moment. */
export function limitsNow({ settings }: DriveContext): Pick<CallTerms, "limits" | "storageLimitBytes"> {
  const { drive, quotas } = settings.current;
  return { limits: drive, storageLimitBytes: quotas.storageLimitBytes };
}

/** The form of the answer: `json` when nothing is said. Upper and lower case are the same. */
export function altOf(request: FastifyRequest): string {
  return queryOf(request, "alt")?.toLowerCase() || "json";
}

/** The address under which the client reaches this server; a part of a batch is told by the whole whether that was TLS. */
export function originOf(request: FastifyRequest): string {
  const told = request.traffic.batched ? request.headers["x-forwarded-proto"] : undefined;
  return originAt({
    host: reachedHost(request),
    protocol: typeof told === "string" ? told : request.protocol,
  });
}

/** A parameter of the query; of several with one name the first, and undefined when there is none. */
export function queryOf(request: FastifyRequest, name: string): string | undefined {
  const value = (request.query as Record<string, string | string[] | undefined>)[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Whether a flag of the query is set. Throws 400 `invalid` for a value other than `true` and `false`. */
export function flagOf(request: FastifyRequest, name: string): boolean {
  const value = queryOf(request, name) ?? "false";
  if (value !== "true" && value !== "false") throw invalidValue(name);
  return value === "true";
}

/** A whole number of the query. Throws 400 `invalid` when it is none or lies below `least`. */
export function numberOf(
  request: FastifyRequest,
  name: string,
  { least }: { least: number },
): number | undefined {
  const text = queryOf(request, name);
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least)) throw invalidValue(name);
  return value;
}

/** The file that the path names. */
export function fileIdOf(request: FastifyRequest): string {
  return (request.params as { fileId: string }).fileId;
}

/**
 * The fields mask of the query, or else the one that the method has by default; an empty one asks for nothing.
 * Throws as parseFields does.
 */
export function maskOf(request: FastifyRequest, shape: Shape, otherwise: FieldMask): FieldMask {
  const text = queryOf(request, "fields");
  if (text === undefined) return otherwise;
  return text === "" ? new Map() : parseFields(text, shape);
}

/** Has the pictures read before they are shown, where the mask asks for what is in them and the settings allow it yet. */
export function readImages(
  context: DriveContext,
  files: readonly DriveFile[],
  mask: FieldMask,
): Promise<void> | null {
  if (!asksFor(mask, "imageMediaMetadata")) return null;
  const { imageMetadataDelayMs } = context.settings.current.drive;
  const addedBeforeMs =
    imageMetadataDelayMs === 0 ? Number.POSITIVE_INFINITY : context.now() - imageMetadataDelayMs;
  return context.images.read(files, { addedBeforeMs });
}

/** Whether JSON is to be written for the eye, which it is unless the query says otherwise. */
export function isPretty(request: FastifyRequest): boolean {
  return queryOf(request, "prettyPrint") !== "false";
}

/** JSON as Google writes it. */
export function jsonText(value: unknown, { pretty }: { pretty: boolean }): string {
  return pretty ? `${JSON.stringify(value, null, 2)}\n` : JSON.stringify(value);
}

/** Answers with JSON. */
export function sendJson(request: FastifyRequest, reply: FastifyReply, value: unknown): FastifyReply {
  return sendJsonText(reply, jsonText(value, { pretty: isPretty(request) }));
}

/** Answers with JSON that is written already, compressed for those who ask for it in both headers. */
export function sendJsonText(reply: FastifyReply, text: string): FastifyReply {
  reply
    .header("content-type", "application/json; charset=UTF-8")
    .header("cache-control", "no-cache, no-store, max-age=0, must-revalidate")
    .header("vary", "Origin, X-Origin, Referer");
  if (!takesGzip(reply.request)) return reply.send(text);
  return reply.header("content-encoding", "gzip").send(gzipSync(text, { level: 1 }));
}

/** Google compresses only when `gzip` stands in User-Agent too ("Improve performance" of the Drive guides). */
function takesGzip({ headers }: FastifyRequest): boolean {
  if (!headers["user-agent"]?.includes("gzip")) return false;
  return /\bgzip\b/.test(String(headers["accept-encoding"] ?? ""));
}
