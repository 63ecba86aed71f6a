export { quotaCallOf, type QuotaParty } from "./quota-call.ts";
export { type QuotaRefusal, Quotas } from "./quotas.ts";
