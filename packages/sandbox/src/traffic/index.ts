export type { RequestEntry } from "./request-entry.ts";
export { RequestLog } from "./request-log.ts";
export { RequestLogClosed, RequestWaitTimeout } from "./request-wait.ts";
export { bodyOf, countedOut, watchTraffic } from "./watch-traffic.ts";
