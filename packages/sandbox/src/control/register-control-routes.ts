import type { FastifyInstance } from "fastify";
import { refuseOtherAddresses } from "./add-resource.ts";
import type { ControlContext } from "./control-context.ts";
import { handleControlErrors } from "./handle-control-errors.ts";
import { readJsonBodies } from "./read-json-bodies.ts";
import { refuseForeignRequests } from "./refuse-foreign-requests.ts";
import { registerClock } from "./routes/clock.ts";
import { registerConsent } from "./routes/consent.ts";
import { registerFaults } from "./routes/faults.ts";
import { registerFiles } from "./routes/files.ts";
import { registerGrants } from "./routes/grants.ts";
import { registerKeys } from "./routes/keys.ts";
import { registerOverview } from "./routes/overview.ts";
import { registerQuotas } from "./routes/quotas.ts";
import { registerRequests } from "./routes/requests.ts";
import { registerReset } from "./routes/reset.ts";
import { registerSettings } from "./routes/settings.ts";
import { registerSharing } from "./routes/sharing.ts";

/**
 * Adds the control API under `/sandbox/api`: JSON over HTTP for everything that a sandbox offers in code. Its own
 * requests are not in the log.
 *
 * @param hostNames as refuseForeignRequests has them
 */
export async function registerControlRoutes(
  app: FastifyInstance,
  context: ControlContext,
  { hostNames }: { hostNames: readonly string[] },
): Promise<void> {
  await app.register(
    async (scope) => {
      handleControlErrors(scope);
      refuseForeignRequests(scope, hostNames);
      readJsonBodies(scope);
      scope.addHook("onSend", async (_request, reply) => {
        reply.headers({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
      });
      registerOverview(scope, context);
      registerSettings(scope, context);
      registerClock(scope, context);
      registerFaults(scope, context);
      registerRequests(scope, context);
      registerQuotas(scope, context);
      registerGrants(scope, context);
      registerConsent(scope, context);
      registerKeys(scope, context);
      registerFiles(scope, context);
      registerSharing(scope, context);
      registerReset(scope, context);
      refuseOtherAddresses(scope);
    },
    { prefix: "/sandbox/api" },
  );
}
