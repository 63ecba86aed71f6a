export { LiveSettings, type SandboxSettings, type SettingsPatch } from "./sandbox-settings.ts";
