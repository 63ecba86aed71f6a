import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { DrivewayError } from "../../platform/index.ts";
import type { ThreadAnswer } from "./body-thread.ts";
import { LargeBody } from "./large-body.ts";
import type { LargeBodyKind } from "./read-large-body.ts";

/**
 * Makes a reader of large bodies: parsing and checking a hundred thousand files takes about a second, in which the event
 * loop would do nothing else. Bodies are read one after another, so that their memory is that of one.
 */
export function createLargeBodyReader(): (kind: LargeBodyKind, body: Buffer) => Promise<LargeBody> {
  let last: Promise<unknown> = Promise.resolve();
  return (kind, body) => {
    const reading = last.then(() => readInThread(kind, body));
    last = reading.catch(() => undefined);
    return reading;
  };
}

/** @throws {DrivewayError} as `readLargeBody` does */
async function readInThread(kind: LargeBodyKind, body: Buffer): Promise<LargeBody> {
  const own = new Uint8Array(body);
  const thread = new Worker(new URL("body-thread.ts", import.meta.url), {
    workerData: { kind, body: own },
    transferList: [own.buffer],
  });
  try {
    const [answer] = (await once(thread, "message")) as [ThreadAnswer];
    if (answer.ok) return new LargeBody(answer);
    throw new DrivewayError(answer.error.code, answer.error.message, { details: answer.error.details });
  } finally {
    await thread.terminate();
  }
}
