import type { FastifyReply, FastifyRequest } from "fastify";
import type { Principal } from "../../identity/index.ts";
import { DrivewayError } from "../../platform/index.ts";
import { KeyTakenError, type Repeatable, type Repetition, type Transfers } from "../../transfers/index.ts";
import { readIdempotencyKey } from "./read-idempotency-key.ts";

interface Operation<Reply> {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly principal: Principal;
  /** How long the answer waits for the job's end, in milliseconds; 0 when it does not. */
  readonly waitMs: number;
  /** Does what is asked for, and keeps the key with it. Returns the job's id. */
  readonly start: (repeatable: Repeatable | null) => Promise<string>;
  /** The answer, from the job. */
  readonly answer: (jobId: string) => Promise<Reply>;
}

/**
 * Does what a request asks for, once however often it is sent with the same Idempotency-Key, and answers it the same each
 * time (draft-ietf-httpapi-idempotency-key-header-07, section 2.6). What is refused before anything is written may be sent
 * again; a repetition whose first answer nobody got is answered from the job.
 * @throws {DrivewayError} `idempotency_key_reused`, `idempotency_key_in_flight`, and what the operation throws
 */
export async function answerOnce<Reply>(
  transfers: Pick<Transfers, "findRepetition" | "settleKey">,
  operation: Operation<Reply>,
): Promise<Reply> {
  const repeatable = repeatableOf(operation);
  if (repeatable === null) return operation.answer(await operation.start(null));
  const { principal, reply } = operation;
  const found = await startOrFind(transfers, operation, repeatable);
  if (found.isRepeated) void reply.header("idempotency-replayed", "true");
  if (found.reply !== null) return JSON.parse(found.reply) as Reply;
  const settle = (text: string | null) => transfers.settleKey(principal, repeatable, text);
  let answer: Reply;
  try {
    answer = await operation.answer(found.jobId);
  } catch (error) {
    await settle(null);
    throw error;
  }
  const kept = await settle(reply.raw.destroyed ? null : JSON.stringify(answer));
  return kept === null ? answer : (JSON.parse(kept) as Reply);
}

async function startOrFind<Reply>(
  transfers: Pick<Transfers, "findRepetition">,
  { principal, start }: Operation<Reply>,
  repeatable: Repeatable,
): Promise<Repetition & { readonly isRepeated: boolean }> {
  const find = () => transfers.findRepetition(principal, repeatable);
  const known = await find();
  if (known !== null) return { ...known, isRepeated: true };
  try {
    return { jobId: await start(repeatable), reply: null, isRepeated: false };
  } catch (error) {
    // What the first request has done meanwhile may be why the second was refused.
    const mayBeTaken = error instanceof KeyTakenError || error instanceof DrivewayError;
    const taken = mayBeTaken ? await find() : null;
    if (taken === null) throw error;
    return { ...taken, isRepeated: true };
  }
}

function repeatableOf<Reply>({ request, waitMs }: Operation<Reply>): Repeatable | null {
  const header = request.headers["idempotency-key"];
  const hash = request.requestHash;
  if (typeof header !== "string" || hash === null) return null;
  return {
    operation: request.routeOptions.schema?.operationId ?? "",
    key: readIdempotencyKey(header),
    requestSha256: hash.digest(),
    waitMs,
  };
}
