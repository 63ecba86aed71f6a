import type { FastifyReply, FastifyRequest } from "fastify";
import { type Caller, type Deed, requireCaller } from "../caller.ts";
import { invalidValue } from "../errors.ts";
import { type FieldMask, parseFields } from "../fields/parse-fields.ts";
import type { Shape } from "../fields/resource-shapes.ts";
import type { Viewer } from "../present/file-view.ts";
import type { DriveContext } from "./drive-context.ts";

/** One call of a method by somebody who may call it. */
export interface Call {
  readonly caller: Caller;
  readonly viewer: Viewer;
}

/** Establishes who calls. Throws as requireCaller does; `method` is Google's name, such as `files.get`. */
export function openCall(context: DriveContext, request: FastifyRequest, deed: Deed, method: string): Call {
  const { store, authorize, now } = context;
  const caller = requireCaller(authorize, { header: request.headers.authorization, deed, method });
  request.traffic.email = caller.account.email;
  request.traffic.clientId = caller.clientId;
  return { caller, viewer: { store, caller, origin: originOf(request), now } };
}

/** The address under which the client reaches this server. */
export function originOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`;
}

/** A parameter of the query; of several with one name the last, and undefined when there is none. */
export function queryOf(request: FastifyRequest, name: string): string | undefined {
  const value = (request.query as Record<string, string | string[] | undefined>)[name];
  return Array.isArray(value) ? value.at(-1) : value;
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

/** The fields mask of the query, or else the one that the method has by default. Throws as parseFields does. */
export function maskOf(request: FastifyRequest, shape: Shape, otherwise: FieldMask): FieldMask {
  const text = queryOf(request, "fields");
  return text ? parseFields(text, shape) : otherwise;
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

/** Answers with JSON that is written already. */
export function sendJsonText(reply: FastifyReply, text: string): FastifyReply {
  return reply
    .header("content-type", "application/json; charset=UTF-8")
    .header("cache-control", "no-cache, no-store, max-age=0, must-revalidate")
    .header("vary", "Origin, X-Origin, Referer")
    .send(text);
}
