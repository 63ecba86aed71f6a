export { quotaCallOf, type QuotaParty } from "./quota-call.ts";
export type { QuotaLimits } from "./quota-limits.ts";
export type { ProjectQuotaUse, QuotaReport, UserQuotaUse } from "./quota-report.ts";
export { type QuotaRefusal, Quotas } from "./quotas.ts";
export type { QuotaUse } from "./usage-tally.ts";
