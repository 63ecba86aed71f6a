export type { Account } from "./accounts/account.ts";
export type { NewAccount } from "./accounts/make-account.ts";
export type { SandboxClock } from "./clock.ts";
export { approveConsent, type ConsentAnswer } from "./consent/approve-consent.ts";
export { ConsentAnswerError } from "./consent/consent-answer-error.ts";
export { NotThereError } from "./control/not-there-error.ts";
export type { PickOptions } from "./control/pick-options.ts";
export { createSandbox, type Sandbox } from "./create-sandbox.ts";
export type { ByteSpan, Checksums, CollectedContent, FileContent } from "./drive/content.ts";
export type { DriveFile, FileBlob, ImageMediaMetadata, Properties } from "./drive/file.ts";
export type { Role } from "./drive/sharing/role.ts";
export type { FilePermission, Grantee, Sharing } from "./drive/sharing/sharing.ts";
export type { DriveChange, DriveKeeper, FilePut } from "./drive/store/drive-keeper.ts";
export type { DriveStore } from "./drive/store/drive-store.ts";
export type { FileGrant } from "./drive/store/file-grants.ts";
export type { FileOpening } from "./drive/store/file-openings.ts";
export type { FilePatch } from "./drive/store/file-patch.ts";
export type { NewFile } from "./drive/store/new-file.ts";
export type { NewPermission } from "./drive/store/sharing-changes.ts";
export type { StorageUse } from "./drive/store/storage-usage.ts";
export type { FaultPlan } from "./faults/fault-plan.ts";
export type { Attempts, FaultRule } from "./faults/fault-rule.ts";
export type { FaultSubject } from "./faults/fault-subject.ts";
export type {
  Fault,
  FlipByteFault,
  HtmlFault,
  LatencyFault,
  LostAnswerFault,
  NeverFault,
  PartialPersistFault,
  RedirectFault,
  ResetFault,
  SlowFault,
  StallFault,
  StatusFault,
  TruncateFault,
  WithholdFault,
  WrongLengthFault,
} from "./faults/fault.ts";
export type { Faults, KnownThings, Ordeal, RuleReport } from "./faults/faults.ts";
export type { ReadFaultRule } from "./faults/read-fault-rule.ts";
export type { HardFault, ReadFault } from "./faults/read-fault.ts";
export { generatedContent } from "./generated/generated-content.ts";
export type { GeneratedLibraryOptions } from "./generated/generated-library.ts";
export type { QuotaCall, QuotaParty } from "./quotas/quota-call.ts";
export type { QuotaLimits } from "./quotas/quota-limits.ts";
export type { ProjectQuotaUse, QuotaReport, UserQuotaUse } from "./quotas/quota-report.ts";
export type { QuotaLimit, QuotaRefusal, Quotas } from "./quotas/quotas.ts";
export type { QuotaUse } from "./quotas/usage-tally.ts";
export type { SandboxOptions } from "./sandbox-options.ts";
export type { LibraryName } from "./seed/library-name.ts";
export type { DriveSettings } from "./settings/drive-settings.ts";
export type { LiveSettings } from "./settings/live-settings.ts";
export type { ConsentOutcome, OAuthSettings, TokenRefusal } from "./settings/oauth-settings.ts";
export type { QuotaSettings } from "./settings/quota-settings.ts";
export type { SandboxSettings, SettingsPatch } from "./settings/sandbox-settings.ts";
export type { TlsAddress } from "./tls/tls-address.ts";
export type { TlsOptions } from "./tls/tls-options.ts";
export type { RequestEntry } from "./traffic/request-entry.ts";
export type { RequestFilter } from "./traffic/request-filter.ts";
export type { RequestLog } from "./traffic/request-log.ts";
export type { RequestSummary } from "./traffic/request-summary.ts";
export { type RequestWaitOptions, RequestWaitTimeout } from "./traffic/request-wait.ts";
export { SandboxClosedError } from "./traffic/sandbox-closed-error.ts";
