import type { Queryable } from "../db/index.ts";
import type { QueueName, QueuePayloads } from "./queues.ts";

/** What a handler knows about the delivery that it works on. */
export interface Delivery {
  /** Aborted when the message was given to somebody else, or the process stops. What is not written yet is not to be written. */
  readonly signal: AbortSignal;
  /** How often the message has been delivered, from 1. */
  readonly attempt: number;
}

/** Works on one message. Returning settles it; throwing has it delivered again, later and later. */
export type QueueHandler<Name extends QueueName> = (
  payload: QueuePayloads[Name],
  delivery: Delivery,
) => Promise<void>;

/**
 * Messages that survive any crash, in PostgreSQL. A message is delivered at least once: a worker that dies or hangs
 * for ten seconds loses it to another, so handlers repeat harmlessly.
 */
export interface Queue {
  /**
   * Puts a message in the queue within the caller's transaction: it exists if and when that commits.
   * @param options.startAfterSeconds delivers it no sooner than this
   */
  send<Name extends QueueName>(
    tx: Queryable,
    name: Name,
    payload: QueuePayloads[Name],
    options?: { readonly startAfterSeconds?: number },
  ): Promise<void>;
  /** Like {@link Queue.send}, for many messages in one statement. */
  sendAll<Name extends QueueName>(
    tx: Queryable,
    name: Name,
    payloads: readonly QueuePayloads[Name][],
  ): Promise<void>;
  /**
   * Whether a worker holds a message of which these fields are part, or fell silent so lately that it may still be at work.
   */
  isHeld<Name extends QueueName>(name: Name, part: Partial<QueuePayloads[Name]>): Promise<boolean>;
  /** Begins to take messages, `concurrency` at a time. Ends with {@link Queue.stop}. */
  work<Name extends QueueName>(
    name: Name,
    options: { readonly concurrency: number },
    handler: QueueHandler<Name>,
  ): void;
  /**
   * Takes no more messages, waits for the handlers at most `graceMs` (three seconds), then aborts them and gives their
   * messages back, so that another process begins with them at once. The queue cannot be used afterwards.
   */
  stop(params?: { readonly graceMs: number }): Promise<void>;
}
