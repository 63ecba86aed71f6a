export type { Account } from "./account.ts";
export { approveConsent, type ConsentAnswer } from "./approve-consent.ts";
export { generatedContent } from "./generated/index.ts";
export { NotThereError, type PickOptions } from "./control/index.ts";
export { createSandbox, type Sandbox } from "./create-sandbox.ts";
export type { DriveFile, DriveStore, NewFile } from "./drive/index.ts";
export type {
  FaultPlanInput as FaultPlan,
  FaultRuleInput as FaultRule,
  Faults,
  RuleReport,
} from "./faults/index.ts";
export type {
  ProjectQuotaUse,
  QuotaLimits,
  QuotaReport,
  Quotas,
  QuotaUse,
  UserQuotaUse,
} from "./quotas/index.ts";
export type { NewAccount } from "./make-account.ts";
export type { SandboxOptions } from "./sandbox-options.ts";
export type { SandboxSettings, SettingsPatch } from "./settings/index.ts";
export type { TlsAddress, TlsOptions } from "./tls/index.ts";
export {
  type RequestEntry,
  type RequestFilter,
  type RequestLog,
  type RequestSummary,
  type RequestWaitOptions,
  RequestWaitTimeout,
} from "./traffic/index.ts";
