import type { FastifyInstance } from "fastify";
import type { LiveSettings } from "../../settings/index.ts";
import { addResource } from "../add-resource.ts";
import { refuseRangeErrors } from "../parse-input.ts";

/** `/settings`: the settings in force (GET), and changing some of them, all or none (PATCH). */
export function registerSettings(scope: FastifyInstance, { settings }: { settings: LiveSettings }): void {
  addResource(scope, "/settings", {
    GET: () => settings.current,
    PATCH: ({ body }) => {
      refuseRangeErrors(() => settings.change(body ?? {}));
      return settings.current;
    },
  });
}
