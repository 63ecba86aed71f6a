import { z } from "zod";
import type { ApiServer } from "../api-server.ts";
import { DrivewayError } from "../../platform/index.ts";

const Health = z.object({ status: z.literal("ok") });

/** Liveness (the process answers) and readiness (it can do its work: its database answers, images can be stored). */
export function healthRoutes(
  app: ApiServer,
  parts: { readonly isReady: () => Promise<boolean>; readonly canStore: () => Promise<boolean> },
): void {
  const schema = { tags: ["Health"], response: { 200: Health } };
  const config = { isUncounted: true };
  app.get(
    "/livez",
    {
      config,
      schema: { ...schema, operationId: "livez", summary: "Is the process alive?" },
    },
    () => ({
      status: "ok" as const,
    }),
  );
  app.get(
    "/readyz",
    {
      config,
      schema: { ...schema, operationId: "readyz", summary: "Can it do its work?" },
    },
    async () => {
      if (!(await parts.isReady())) {
        throw new DrivewayError("service_unavailable", "The database does not answer.");
      }
      if (!(await parts.canStore())) {
        throw new DrivewayError("storage_unavailable", "The storage of images cannot be written now.");
      }
      return { status: "ok" as const };
    },
  );
}
