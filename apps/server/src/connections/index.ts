export type { AttemptOutcome } from "./attempt.ts";
export type { AttemptState } from "./attempt-outcome.ts";
export type { Connection } from "./connection.ts";
export { type Connections, createConnections } from "./create-connections.ts";
export type { BrowserEnd } from "./finish-attempt.ts";
export { asDrivewayErrors } from "./to-driveway-error.ts";
