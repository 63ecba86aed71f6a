export { type RequestEntry, RequestLog } from "./request-log.ts";
export { bodyOf, countedOut, watchTraffic } from "./watch-traffic.ts";
