import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ControlError } from "./control-error.ts";

/** Answers a request: with a value, which is sent as JSON, with nothing (204), or by the reply itself. */
type Answer = (request: FastifyRequest, reply: FastifyReply) => unknown;

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
const ALL_METHODS = [...METHODS, "HEAD", "OPTIONS", "TRACE"] as const;

/** Adds an address with the methods that it has; the others are answered 405 `method_not_allowed`. */
export function addResource(
  scope: FastifyInstance,
  url: string,
  answers: Partial<Record<(typeof METHODS)[number], Answer>>,
): void {
  const allowed: string[] = METHODS.filter((method) => answers[method] !== undefined);
  if (answers.GET) allowed.push("HEAD");
  for (const method of METHODS) {
    const answer = answers[method];
    if (answer) scope.route({ method, url, handler: (request, reply) => send(answer, request, reply) });
  }
  const others = ALL_METHODS.filter((method) => !allowed.includes(method));
  scope.route({ method: others, url, handler: (_request, reply) => refuseMethod(reply, allowed) });
}

/** Answers 404 `unknown_address` wherever else in this scope. */
export function refuseOtherAddresses(scope: FastifyInstance): void {
  scope.route({
    method: [...ALL_METHODS],
    url: "/*",
    handler: async ({ url }) => {
      const message = `The control API has no ${url.split("?", 1)[0]}`;
      throw new ControlError({ status: 404, code: "unknown_address", message });
    },
  });
}

async function send(answer: Answer, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const value = await answer(request, reply);
  return value === undefined ? reply.code(204).send() : value;
}

async function refuseMethod(reply: FastifyReply, allowed: readonly string[]): Promise<never> {
  void reply.header("allow", allowed.join(", "));
  const message = `Only ${allowed.join(", ")} can be used here.`;
  throw new ControlError({ status: 405, code: "method_not_allowed", message });
}
