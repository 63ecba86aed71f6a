export { applyFaults } from "./apply-faults.ts";
export type { FaultPlan } from "./fault-plan.ts";
export { Faults } from "./faults.ts";
export { parseFaultPlan, parseFaultRule } from "./parse-fault-plan.ts";
export { spareAnswers } from "./spare-answers.ts";
