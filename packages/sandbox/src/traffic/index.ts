export type { RequestEntry } from "./request-entry.ts";
export type { RequestFilter } from "./request-filter.ts";
export { RequestLog } from "./request-log.ts";
export type { RequestSummary } from "./request-summary.ts";
export { RequestLogClosed, type RequestWaitOptions, RequestWaitTimeout } from "./request-wait.ts";
export { bodyOf, countedOut, watchTraffic } from "./watch-traffic.ts";
