import { createApp } from "../app.ts";
import { readConfig } from "../config.ts";
import { systemClock } from "../platform/index.ts";
import { testLog } from "./test-log.ts";

/*
 * The service in a process of its own that watches its event loop. What it needs comes as JSON in the first argument. It
 * says "ready", and to every message the longest that its main thread was at work, without a look at anything else,
 * since the message before. Time in which the machine did something else does not count.
 */
const [, , text = "{}"] = process.argv;
const told = JSON.parse(text) as {
  readonly environment: Record<string, string>;
  readonly databaseUrl: string;
  readonly keys: readonly { readonly id: string; readonly secret: string }[];
};
const config = readConfig(told.environment);
const [first, ...others] = told.keys.map(({ id, secret }) => ({ id, secret: Buffer.from(secret, "base64") }));
if (config.google === null || first === undefined) throw new Error("the test told too little");
const app = await createApp({
  config,
  google: config.google,
  databaseUrl: told.databaseUrl,
  encryptionKeys: [first, ...others],
  version: "0.0.0-test",
  clock: systemClock,
  log: testLog(),
});
await app.start();

const busyMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};
let longestMs = 0;
let before = busyMs();
setInterval(() => {
  const now = busyMs();
  longestMs = Math.max(longestMs, now - before);
  before = now;
}, 1);
process.on("message", () => {
  process.send?.(longestMs);
  longestMs = 0;
});
process.send?.("ready");
