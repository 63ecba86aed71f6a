import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { HardFault } from "./read-fault.ts";
import type { FaultSubject } from "./fault-subject.ts";
import type { Faults, Ordeal } from "./faults.ts";
import { holdRequests } from "./hold-requests.ts";
import type { Payload } from "./payload.ts";
import { resetConnection } from "./reset-connection.ts";
import { sendHtmlFault, sendStatusFault } from "./send-status-fault.ts";
import { spoilAnswer } from "./spoil-answer.ts";
import { spoilRequest } from "./spoil-request.ts";
import { type FaultSources, subjectOf } from "./subject-of.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** What the request has to go through; null when nothing. */
    ordeal: Ordeal | null;
  }
}

interface FaultParts extends FaultSources {
  readonly faults: Faults;
  /** Makes an address at another host that serves this download without a credential. */
  readonly presign: (request: FastifyRequest) => string;
  /** The clock, in ms since the epoch. */
  readonly now: () => number;
}

/**
 * Puts faults in the way of all requests to the routes that are added from here on, pages excepted. Without rules in
 * force that costs a comparison in each of the hooks.
 */
export function applyFaults(app: FastifyInstance, parts: FaultParts): void {
  const { faults, presign, now } = parts;
  const hold = holdRequests(app);
  app.decorateRequest("ordeal", null);
  app.addHook("onRequest", (request, reply, done) => {
    if (faults.isEmpty || request.routeOptions.config.kind === undefined) return done();
    const subject = subjectOf(request, parts);
    const ordeal = faults.meet(subject);
    if (ordeal === null) return done();
    request.ordeal = ordeal;
    noteIn(request, subject, ordeal);
    const { fault } = ordeal;
    if (fault === null || !endsRequest(fault)) {
      spoilRequest(request, fault);
      return done();
    }
    hold(ordeal.waitMs, () => end(request, reply, { fault, nowMs: now() }));
  });
  app.addHook("preParsing", (request, _reply, payload, done) => {
    if (request.ordeal === null || request.bodyThrough === null) return done(null, payload);
    const pieces = request.bodyThrough(payload as AsyncIterable<Uint8Array>);
    done(null, Readable.from(pieces, { objectMode: false }));
  });
  app.addHook("preHandler", (request, _reply, done) => {
    if (request.ordeal === null) return done();
    // Here the body is there, except that of an upload: it does not get lost when the client leaves meanwhile.
    hold(waitMsOf(request.ordeal), done);
  });
  app.addHook("onSend", (request, reply, payload, done) => {
    const { ordeal } = request;
    if (ordeal === null || ordeal.fault === null) return done(null, payload);
    const spoiling = { request, reply, ordeal, payload: payload as Payload, presign };
    const spoiled = spoilAnswer({ ...spoiling, fault: ordeal.fault });
    if (spoiled !== undefined) done(null, spoiled);
  });
}

/** Who asked is told here, because the request may never come to where it is usually found out. */
function noteIn({ traffic }: FastifyRequest, subject: FaultSubject, { fault }: Ordeal): void {
  traffic.fault = fault?.kind ?? "latency";
  if (fault === null) return;
  const credential = subject.credential();
  traffic.email = credential?.email ?? null;
  traffic.clientId = credential?.clientId ?? null;
}

/** Faults after which the request is not looked at. */
type EndingFault = Extract<HardFault, { kind: "status" | "html" | "never" | "stall" | "reset" }>;

function endsRequest(fault: HardFault): fault is EndingFault {
  const { kind } = fault;
  if (kind === "stall") return fault.afterBytes === undefined && fault.forMs === undefined;
  if (kind === "reset") return fault.afterBytes === undefined && fault.afterRequestBytes === undefined;
  return kind === "status" || kind === "html" || kind === "never";
}

function end(
  request: FastifyRequest,
  reply: FastifyReply,
  { fault, nowMs }: { fault: EndingFault; nowMs: number },
): void {
  switch (fault.kind) {
    case "status":
      sendStatusFault(request, reply, { fault, nowMs });
      return;
    case "html":
      sendHtmlFault(reply);
      return;
    case "reset":
      resetConnection(request.raw.socket);
      return;
    case "never":
    case "stall":
      // The client can send all of its body.
      request.raw.resume();
  }
}

function waitMsOf({ waitMs, fault }: Ordeal): number {
  if (fault?.kind !== "stall" || fault.afterBytes !== undefined) return waitMs;
  return waitMs + (fault.forMs ?? 0);
}
