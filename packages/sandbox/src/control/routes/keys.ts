import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { addResource } from "../add-resource.ts";
import type { ControlContext } from "../control-context.ts";
import { parseInput } from "../parse-input.ts";

/** `/keys/rotate`: signs ID tokens with a new key from now on (POST). */
export function registerKeys(scope: FastifyInstance, { rotateKeys }: ControlContext): void {
  addResource(scope, "/keys/rotate", {
    POST: async ({ body }) => {
      parseInput(z.strictObject({}), body);
      await rotateKeys();
    },
  });
}
