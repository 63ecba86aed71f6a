export { checkConsistency, type Finding } from "./check/check-consistency.ts";
export { startSweeping } from "./start-sweeping.ts";
