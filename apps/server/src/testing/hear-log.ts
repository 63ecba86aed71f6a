import { Writable } from "node:stream";
import { pino } from "pino";
import type { Log } from "../platform/index.ts";

/** A log whose records a test can read. */
export interface HeardLog {
  readonly log: Log;
  /** Every record so far, from `warn` up. */
  readonly records: readonly { readonly msg: string; readonly [field: string]: unknown }[];
}

/** Makes one. */
export function hearLog(): HeardLog {
  const records: { msg: string }[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      records.push(JSON.parse(chunk.toString("utf8")) as { msg: string });
      done();
    },
  });
  return { log: pino({ level: "warn" }, stream), records };
}
