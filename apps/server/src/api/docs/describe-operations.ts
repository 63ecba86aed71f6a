import { ErrorReply } from "@driveway/contract";
import type { ApiServer } from "../api-server.ts";

/** Says in the OpenAPI document what holds for every operation: how it refuses, and that open ones ask for no credential. */
export function describeOperations(app: ApiServer): void {
  app.addHook("onRoute", (route) => {
    if (route.schema === undefined) return;
    if (route.config?.access === "public") route.schema.security = [];
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
