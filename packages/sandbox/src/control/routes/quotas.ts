import type { FastifyInstance } from "fastify";
import { addResource } from "../add-resource.ts";
import type { ControlContext } from "../control-context.ts";

/** `/quotas`: what was used up of the quotas, by user and by project (GET), and forgetting it (DELETE). */
export function registerQuotas(scope: FastifyInstance, { quotas }: ControlContext): void {
  addResource(scope, "/quotas", {
    GET: () => quotas.report(),
    DELETE: () => quotas.reset(),
  });
}
