import type { QuotaLimits } from "./quota-limits.ts";
import type { QuotaUse } from "./usage-tally.ts";

/** What one user has used through one project. */
export interface UserQuotaUse extends QuotaUse {
  readonly email: string;
  readonly clientId: string;
}

/** What all users of one project have used together. */
export interface ProjectQuotaUse extends QuotaUse {
  readonly clientId: string;
  readonly unitsInLastDay: number;
}

/** What was used of the API, since the start or the latest reset. */
export interface QuotaReport {
  /** The limits in force; null where there is none. */
  readonly limits: QuotaLimits;
  readonly users: readonly UserQuotaUse[];
  readonly projects: readonly ProjectQuotaUse[];
}
