export { LiveSettings } from "./live-settings.ts";
export type { ConsentOutcome, TokenRefusal } from "./oauth-settings.ts";
export type { SandboxSettings, SettingsPatch } from "./sandbox-settings.ts";
