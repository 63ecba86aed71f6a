export type { ConsentOutcome, TokenRefusal } from "./oauth-settings.ts";
export { LiveSettings, type SandboxSettings, type SettingsPatch } from "./sandbox-settings.ts";
