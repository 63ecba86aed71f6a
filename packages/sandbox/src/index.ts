export type { Account } from "./account.ts";
export { approveConsent, type ConsentAnswer } from "./approve-consent.ts";
export { createSandbox, type Sandbox } from "./create-sandbox.ts";
export type { DriveFile, DriveStore, NewFile } from "./drive/index.ts";
export type { SandboxOptions } from "./sandbox-options.ts";
export type { SandboxSettings, SettingsPatch } from "./settings/index.ts";
export type { RequestEntry, RequestLog } from "./traffic/index.ts";
