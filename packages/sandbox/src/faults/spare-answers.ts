import type { FastifyInstance } from "fastify";
import { hasEffect } from "./has-effect.ts";
import type { Payload } from "./payload.ts";

/**
 * Lets the answers go by on which the fault in their way has no effect, and takes the hit back. To be called before
 * requests are logged: whoever waits for a fault in the log must not see one that did not happen.
 */
export function spareAnswers(app: FastifyInstance): void {
  app.addHook("onSend", (request, reply, payload, done) => {
    const { ordeal, traffic } = request;
    if (ordeal === null || ordeal.fault === null) return done();
    if (hasEffect(ordeal.fault, { request, reply, payload: payload as Payload })) return done();
    ordeal.takeBack();
    request.ordeal = { ...ordeal, fault: null };
    traffic.fault = ordeal.waitMs > 0 ? "latency" : null;
    done();
  });
}
