import type { DriveSettings } from "./drive-settings.ts";
import type { OAuthSettings } from "./oauth-settings.ts";
import type { QuotaSettings } from "./quota-settings.ts";

/** Everything about the sandbox that may change while it runs, by section. */
export interface SandboxSettings {
  readonly oauth: OAuthSettings;
  readonly drive: DriveSettings;
  readonly quotas: QuotaSettings;
}

/** Some settings, by section; those left out stay as they are. */
export type SettingsPatch = {
  readonly [Name in keyof SandboxSettings]?: SomeOf<SandboxSettings[Name]> | undefined;
};

type SomeOf<Section> = { readonly [Name in keyof Section]?: Section[Name] | undefined };
