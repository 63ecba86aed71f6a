import type { FastifyInstance, FastifyRequest } from "fastify";
import { parseFaultPlan, parseFaultRule } from "../../faults/index.ts";
import { addResource } from "../add-resource.ts";
import type { ControlContext } from "../control-context.ts";
import { NotThereError } from "../not-there-error.ts";
import { refuseRangeErrors } from "../parse-input.ts";

/** `/faults`: the rules in force (GET), all of them anew (PUT), one more (POST), none (DELETE); `/faults/{id}`: one (GET, DELETE). */
export function registerFaults(scope: FastifyInstance, { faults }: ControlContext): void {
  addResource(scope, "/faults", {
    GET: () => faults.plan,
    PUT: ({ body }) => {
      refuseRangeErrors(() => faults.replace(parseFaultPlan(body)), placeOfRule);
      return faults.plan;
    },
    POST: ({ body }, reply) => {
      const id = refuseRangeErrors(() => faults.add(parseFaultRule(body)));
      reply.code(201);
      return { id };
    },
    DELETE: () => faults.clear(),
  });
  addResource(scope, "/faults/:id", {
    GET: (request) => {
      const id = idOf(request);
      return faults.plan.rules.find((rule) => rule.id === id) ?? refuseUnknown(id);
    },
    DELETE: (request) => {
      const id = idOf(request);
      if (!faults.remove(id)) refuseUnknown(id);
    },
  });
}

/** Errors about a rule of a plan begin with its number, counted from 1. */
function placeOfRule({ message }: RangeError): string {
  const [, number] = /^rule (\d+):/.exec(message) ?? [];
  return number === undefined ? "" : `rules.${Number(number) - 1}.`;
}

function idOf({ params }: FastifyRequest): string {
  return (params as { id: string }).id;
}

function refuseUnknown(id: string): never {
  throw new NotThereError("fault", id, "id");
}
