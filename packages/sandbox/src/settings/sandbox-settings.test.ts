import { expect, it } from "vitest";
import type { z } from "zod";
import type { SameShape } from "../testing/same-shape.ts";
import type { DriveSettingsSchema } from "./drive-settings-schema.ts";
import type { OAuthSettingsSchema } from "./oauth-settings-schema.ts";
import type { QuotaSettingsSchema } from "./quota-settings-schema.ts";
import type { SandboxSettings, SettingsPatch } from "./sandbox-settings.ts";

interface Schemas {
  readonly oauth: typeof OAuthSettingsSchema;
  readonly drive: typeof DriveSettingsSchema;
  readonly quotas: typeof QuotaSettingsSchema;
}

it("settings have the members that are checked and no others, in force and in a change", () => {
  const inForce: SameShape<SandboxSettings, { [Name in keyof Schemas]: z.output<Schemas[Name]> }> = true;
  const change: SameShape<SettingsPatch, { [Name in keyof Schemas]?: z.input<Schemas[Name]> }> = true;
  expect([inForce, change]).toEqual([true, true]);
});
