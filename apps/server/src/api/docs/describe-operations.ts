import { ErrorReply } from "@driveway/contract";
import type { ApiServer } from "../api-server.ts";
import { SECURITY_SCHEMES } from "./openapi.ts";

/** Says in the OpenAPI document what holds for every operation: the scope that it needs, if any credential, and how it refuses. */
export function describeOperations(app: ApiServer): void {
  app.addHook("onRoute", (route) => {
    if (route.schema === undefined) return;
    const { access } = route.config ?? {};
    if (access === "public") route.schema.security = [];
    else if (access !== undefined && access !== "any-principal") {
      route.schema.security = SECURITY_SCHEMES.map((scheme) => ({ [scheme]: [access] }));
      route.schema.description = `Needs the scope \`${access}\`.`;
    }
    const response = (route.schema.response ?? {}) as Record<string, unknown>;
    route.schema.response = {
      "4xx": envelope("The request was refused; `error.code` says why."),
      "5xx": envelope("Driveway or the provider has a fault; `error.code` says which."),
      ...response,
    };
  });
}

function envelope(description: string) {
  return { description, content: { "application/json": { schema: ErrorReply } } };
}
