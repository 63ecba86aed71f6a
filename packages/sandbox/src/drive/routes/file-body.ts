import type { FastifyInstance, FastifyRequest } from "fastify";
import { badRequest } from "../errors.ts";
import { type FileBody, parseFileJson } from "../writing/parse-file-body.ts";

/** Makes bodies of every type arrive as text in this scope, whatever their type says. */
export function takeBodiesAsText(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
}

/** Leaves bodies of every type in this scope where they are; they are read from the raw request. */
export function leaveBodiesUnread(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
}

/**
 * The file resource in a body taken as text. Throws 400 `badContent` for a body that is not of type JSON, and as
 * parseFileJson does.
 */
export function fileBodyOf(request: FastifyRequest): FileBody {
  return parseFileJson(jsonTextOf(request));
}

/** A body taken as text, which is to be JSON. Throws 400 `badContent` for one that is not of that type. */
export function jsonTextOf(request: FastifyRequest): string {
  const text = typeof request.body === "string" ? request.body : "";
  if (text !== "" && !/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    throw badRequest("Bad content type. Please use media upload.", "badContent");
  }
  return text;
}
