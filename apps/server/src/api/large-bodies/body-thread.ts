import { parentPort, workerData } from "node:worker_threads";
import { DrivewayError } from "../../platform/index.ts";
import { type LargeBodyKind, readLargeBody } from "./read-large-body.ts";

/** What the thread answers. Errors that are the caller's cross as data. */
export type ThreadAnswer =
  | {
      readonly ok: true;
      readonly head: Readonly<Record<string, unknown>>;
      readonly count: number;
      readonly bytes: number;
      readonly json: Uint8Array<ArrayBuffer>;
    }
  | { readonly ok: false; readonly error: Pick<DrivewayError, "code" | "message" | "details"> };

/*
 * Reads one large body in a thread of its own, and ends.
 */
const { kind, body } = workerData as { readonly kind: LargeBodyKind; readonly body: Uint8Array };
try {
  const { head, count, bytes, json } = readLargeBody(kind, new TextDecoder().decode(body));
  const own = json as Uint8Array<ArrayBuffer>;
  const answer: ThreadAnswer = { ok: true, head, count, bytes, json: own };
  parentPort?.postMessage(answer, [own.buffer]);
} catch (error) {
  if (!(error instanceof DrivewayError)) throw error;
  const { code, message, details } = error;
  const answer: ThreadAnswer = { ok: false, error: { code, message, details } };
  parentPort?.postMessage(answer);
}
