export type { RequestEntry } from "./request-entry.ts";
export { RequestLog } from "./request-log.ts";
export { RequestWaitTimeout } from "./request-wait.ts";
export { SandboxClosedError } from "./sandbox-closed-error.ts";
export { bodyOf, countedOut, watchTraffic } from "./watch-traffic.ts";
