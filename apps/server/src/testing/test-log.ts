import { createLog, type Log } from "../platform/index.ts";

/** Says nothing, unless `TEST_LOG_LEVEL` asks to hear what the parts under test have to say. */
export function testLog(): Log {
  return createLog({ level: process.env.TEST_LOG_LEVEL ?? "silent", pretty: false });
}
