import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyReply, FastifyRequest } from "fastify";
import { bearsOnBody } from "./can-happen.ts";
import type { HardFault } from "./read-fault.ts";
import type { Ordeal } from "./faults.ts";
import { bytesOfPayload, type Payload } from "./payload.ts";
import { resetConnection } from "./reset-connection.ts";
import { atSpeed, onlyFirst, type Pieces, withFlippedByte, withPause } from "./spoil-pieces.ts";
import { untilDelivered } from "./until-delivered.ts";

/** An answer that is about to be sent, and the fault that it meets. */
interface Spoiling {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly payload: Payload;
  readonly ordeal: Ordeal;
  /** Makes an address at another host that serves this download without a credential. */
  readonly presign: (request: FastifyRequest) => string;
}

/**
 * Does to an answer what a fault says, one that has an effect on it. Faults that had theirs before the answer leave it as
 * it is.
 *
 * @returns the body to send in its place; undefined when nothing is to be sent any more
 */
export function spoilAnswer(spoiling: Spoiling & { readonly fault: HardFault }): Payload {
  const { reply, payload, fault } = spoiling;
  switch (fault.kind) {
    case "lostAnswer":
      discard(payload);
      resetConnection(reply.raw.socket);
      return undefined;
    case "withhold":
      reply.removeHeader("range");
      return payload ?? "";
    case "redirect":
      return redirected(spoiling, fault.status);
    case "reset":
    case "slow":
      return bearsOnBody(fault) ? (payload ?? "") : replaceBody(spoiling, fault);
    case "stall":
      return fault.afterBytes === undefined ? (payload ?? "") : replaceBody(spoiling, fault);
    case "truncate":
    case "wrongLength":
    case "flipByte":
      return replaceBody(spoiling, fault);
    case "status":
    case "html":
    case "never":
    case "partialPersist":
      return payload ?? "";
  }
}

type BodyFault = Extract<
  HardFault,
  { kind: "reset" | "stall" | "truncate" | "wrongLength" | "flipByte" | "slow" }
>;

/**
 * A place behind the end of the body is taken for its last byte: it is the client of this answer that misses something,
 * and not the one whose request comes next on the connection.
 */
function replaceBody(spoiling: Spoiling, fault: BodyFault): Payload {
  const { request, reply, payload } = spoiling;
  const sizeBytes = bytesOfPayload(payload, reply);
  if (Number.isFinite(sizeBytes)) reply.header("content-length", sizeBytes);
  if (fault.kind === "wrongLength") misstateLength(reply, sizeBytes, fault.byBytes);
  request.isAnswerBroken = fallsShort(fault);
  const spoiled = spoil(spoiling, fault, piecesOf(payload), sizeBytes);
  // Takes a piece only when the one before has been passed on: what comes after the last byte must not overtake it.
  return Readable.from(counted(spoiling, spoiled), { objectMode: false, highWaterMark: 1 });
}

function spoil({ reply, ordeal }: Spoiling, fault: BodyFault, pieces: Pieces, sizeBytes: number): Pieces {
  const withinBody = (bytes = 0) => Math.min(bytes, sizeBytes - 1);
  switch (fault.kind) {
    case "reset":
      return onlyFirst(pieces, withinBody(fault.afterBytes), async () => {
        await untilDelivered(reply.raw);
        resetConnection(reply.raw.socket);
        await untilClosed(reply.raw);
      });
    case "stall":
      return withPause(pieces, withinBody(fault.afterBytes), () => pause(reply.raw, fault.forMs));
    case "truncate":
      endConnectionAfter(reply.raw);
      return onlyFirst(pieces, withinBody(fault.afterBytes), async () => {});
    case "wrongLength":
      if (fault.byBytes !== undefined) endConnectionAfter(reply.raw);
      return pieces;
    case "flipByte":
      return withFlippedByte(pieces, fault.atByte ?? drawnByte(sizeBytes, ordeal.chance));
    case "slow":
      return atSpeed(pieces, fault.bytesPerSecond, closedSignal(reply.raw));
  }
}

/** Of a body whose length nobody has said, the first: any other might not come. */
function drawnByte(sizeBytes: number, chance: number): number {
  return Number.isFinite(sizeBytes) ? Math.floor(chance * sizeBytes) : 0;
}

/** The client is left with less than it was promised, though the answer was sent to its end. */
function fallsShort(fault: BodyFault): boolean {
  return fault.kind === "truncate" || (fault.kind === "wrongLength" && (fault.byBytes ?? 0) > 0);
}

function redirected({ request, reply, payload, presign }: Spoiling, status: number): Payload {
  discard(payload);
  for (const name of ["content-range", "content-disposition", "content-type"]) reply.removeHeader(name);
  request.traffic.status = status;
  request.traffic.bytesOut = 0;
  reply.code(status).header("location", presign(request)).header("content-length", 0);
  return "";
}

/**
 * Node.js sends what it is given, whatever the header says; the connection cannot be used again afterwards. A client
 * that takes the answer for whole is told so: its next request would run into the end.
 */
function misstateLength(reply: FastifyReply, sizeBytes: number, byBytes: number | undefined): void {
  if (byBytes === undefined || !Number.isFinite(sizeBytes)) {
    reply.removeHeader("content-length");
    return;
  }
  reply.header("content-length", Math.max(0, sizeBytes + byBytes));
  if (byBytes < 0) reply.header("connection", "close");
}

function endConnectionAfter(raw: ServerResponse): void {
  const { socket } = raw;
  raw.once("finish", () => socket?.destroySoon());
}

/** Waits for so long, or for ever; in any case no longer than the connection lasts. */
async function pause(raw: ServerResponse, forMs: number | undefined): Promise<void> {
  raw.flushHeaders();
  if (forMs === undefined) await untilClosed(raw);
  else await delay(forMs, undefined, { signal: closedSignal(raw) });
}

async function untilClosed(raw: ServerResponse): Promise<void> {
  const signal = closedSignal(raw);
  if (!signal.aborted) await once(signal, "abort");
}

/** Aborted once the answer is over, one way or the other. */
function closedSignal(raw: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (raw.closed || raw.destroyed) controller.abort();
  else raw.once("close", () => controller.abort());
  return controller.signal;
}

/** Counts what is passed on. What was read of the true answer counts as well until then, and is put right in the end. */
async function* counted({ request, reply }: Spoiling, pieces: Pieces): Pieces {
  let bytesOut = 0;
  const putRight = () => {
    request.traffic.bytesOut = bytesOut;
  };
  reply.raw.prependOnceListener("finish", putRight);
  reply.raw.prependOnceListener("close", putRight);
  for await (const piece of pieces) {
    bytesOut += piece.byteLength;
    yield piece;
  }
}

async function* piecesOf(payload: Payload): Pieces {
  if (payload instanceof Readable) yield* payload as AsyncIterable<Uint8Array>;
  else if (payload) yield typeof payload === "string" ? Buffer.from(payload) : payload;
}

function discard(payload: Payload): void {
  if (payload instanceof Readable) payload.destroy();
}
