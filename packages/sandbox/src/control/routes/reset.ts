import type { FastifyInstance } from "fastify";
import { addResource } from "../add-resource.ts";
import type { ControlContext } from "../control-context.ts";
import { parseInput } from "../parse-input.ts";
import { z } from "zod";

/** `/reset`: forgets the log and the use of quotas, and puts faults, settings and clock back to the start (POST). */
export function registerReset(scope: FastifyInstance, { reset }: ControlContext): void {
  addResource(scope, "/reset", {
    POST: ({ body }) => {
      parseInput(z.strictObject({}), body);
      reset();
    },
  });
}
