export { applyFaults } from "./apply-faults.ts";
export { type FaultPlanInput, type FaultRuleInput, parseFaultPlan, parseFaultRule } from "./fault-plan.ts";
export { Faults, type RuleReport } from "./faults.ts";
export { spareAnswers } from "./spare-answers.ts";
