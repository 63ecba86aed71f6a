import { DrivewayError } from "../../platform/index.ts";

/**
 * A request that its client may repeat, by the Idempotency-Key that came with it
 * (draft-ietf-httpapi-idempotency-key-header-07).
 */
export interface Repeatable {
  /** The operationId: a key is good for each operation apart. */
  readonly operation: string;
  readonly key: string;
  /** Of the whole request as it was sent. */
  readonly requestSha256: Buffer;
  /** How long the request waits for the job's end, in milliseconds; 0 when it does not. */
  readonly waitMs: number;
}

/** Whose key it is. */
export interface KeyOwner {
  readonly tenantId: string;
  readonly userId: string;
}

/** The key belongs to a request that came before; its job is there, and can be answered from. */
export class KeyTakenError extends Error {
  override readonly name = "KeyTakenError";
}

const LOOK_AGAIN_SECONDS = 1;

/** The answer to a repetition that comes while the first request has none yet. */
export function keyInFlight(): DrivewayError {
  const sentence =
    "The first request with this Idempotency-Key is still being answered; ask again in a moment.";
  return new DrivewayError("idempotency_key_in_flight", sentence, {
    details: { retry_after: LOOK_AGAIN_SECONDS },
  });
}
