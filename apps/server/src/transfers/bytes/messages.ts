import type { DriveAccess } from "../../drives/index.ts";
import type { ReceiveTask, SendTask } from "./byte-mover.ts";
import { fromPlainError, type PlainError, toPlainError } from "./plain-error.ts";

/** A task as plain data. What it can call in the main thread is named, and called by messages. */
export type PlainTask =
  | { readonly kind: "receive"; readonly access: PlainAccess; readonly task: PlainReceive }
  | { readonly kind: "send"; readonly access: PlainAccess; readonly task: PlainSend };

/** Tokens and permits are asked for. */
type PlainAccess = Pick<DriveAccess, "provider" | "work">;

type PlainReceive = Omit<ReceiveTask, "access" | "onProgress">;

interface PlainSend {
  readonly blobKey: string;
  readonly sha256: string;
  readonly upload: Omit<SendTask["upload"], "session">;
  /** Whether there is a session to ask for. */
  readonly hasSession: boolean;
}

/** What came of a task or a call. */
export type PlainOutcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: PlainError };

/** From the main thread. Tasks and calls have numbers of their own, each given by who asks. */
export type ToThread =
  | { readonly kind: "begin"; readonly id: number; readonly task: PlainTask }
  | { readonly kind: "abort"; readonly id: number }
  | { readonly kind: "answer"; readonly call: number; readonly outcome: PlainOutcome }
  /** Close what is open, and end. */
  | { readonly kind: "stop" };

/** To the main thread. */
export type FromThread =
  | { readonly kind: "end"; readonly id: number; readonly outcome: PlainOutcome }
  | { readonly kind: "progress"; readonly id: number; readonly bytes: number }
  | {
      readonly kind: "call";
      readonly call: number;
      /** The task on whose behalf. */
      readonly id: number;
      readonly name: string;
      readonly args: readonly unknown[];
    };

/** Functions that one thread offers the other for a task, by name. They take and return plain data. */
export type Callable = Readonly<Record<string, (...args: never[]) => Promise<unknown>>>;

/** Runs work and tells what came of it as plain data. */
export async function plainOutcome(work: () => Promise<unknown>): Promise<PlainOutcome> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: toPlainError(error) };
  }
}

/** The value, or the error thrown again. */
export function resultOf(outcome: PlainOutcome): unknown {
  if (outcome.ok) return outcome.value;
  throw fromPlainError(outcome.error);
}
