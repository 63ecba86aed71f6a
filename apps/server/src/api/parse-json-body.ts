import type { ApiServer } from "./api-server.ts";

/**
 * Reads JSON bodies. An empty one is no fault where no body is asked for: clients name the content type of bodies that
 * they do not send. Keys that would change an object's prototype are refused.
 */
export function parseJsonBody(app: ApiServer): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "" && request.routeOptions.schema?.body === undefined) {
      done(null, undefined);
    } else {
      void parse(request, body, done);
    }
  });
}
