export { checkConsistency } from "./check/check-consistency.ts";
export { type Finding, finding } from "./check/finding.ts";
export { checkOauth } from "./doctor/check-oauth.ts";
export { quickChecks } from "./doctor/quick-checks.ts";
export { startSweeping } from "./start-sweeping.ts";
export { sweepOrphanBlobs } from "./sweeps/sweep-orphan-blobs.ts";
