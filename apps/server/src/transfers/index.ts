export { createTransfers, type Transfers } from "./create-transfers.ts";
export { KeyTakenError, type Repeatable, type Repetition } from "./idempotency/index.ts";
export { isSmall } from "./is-small.ts";
export type { Job } from "./job.ts";
export type { JobOutcome } from "./job-outcome.ts";
export type { JobItem } from "./list-job-items.ts";
export type { TransferLimits } from "./transfer-limits.ts";
export { uniqueFiles } from "./unique-files.ts";
export type { ImportPlan } from "./plan/plan-import.ts";
