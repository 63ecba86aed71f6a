import type { SandboxSettings } from "../settings/index.ts";

type QuotaSettings = SandboxSettings["quotas"];

/** The limits in force; null for none. */
export type QuotaLimits = Pick<
  QuotaSettings,
  | "userUnitsPerMinute"
  | "projectUnitsPerMinute"
  | "projectUnitsPerDay"
  | "legacyQueriesPerMinute"
  | "fileCreationsPerSecond"
  | "uploadBytesPerDay"
  | "downloadBytesPerDay"
  | "storageLimitBytes"
>;

/**
 * "Usage limits" of the Drive guides, as of 2026. The limit per day is a threshold of billing there; that calls beyond
 * it are refused is assumed, and so is that 750 GB are decimal.
 */
const GOOGLE = {
  userUnitsPerMinute: 325_000,
  projectUnitsPerMinute: 1_000_000,
  projectUnitsPerDay: 400_000_000,
  uploadBytesPerDay: 750_000_000_000,
} as const satisfies Partial<QuotaLimits>;

/** The limits that follow from the settings: what they name goes before what their preset says. */
export function limitsOf(settings: QuotaSettings): QuotaLimits {
  const preset: Partial<QuotaLimits> = settings.preset === "google" ? GOOGLE : {};
  return {
    userUnitsPerMinute: settings.userUnitsPerMinute ?? preset.userUnitsPerMinute ?? null,
    projectUnitsPerMinute: settings.projectUnitsPerMinute ?? preset.projectUnitsPerMinute ?? null,
    projectUnitsPerDay: settings.projectUnitsPerDay ?? preset.projectUnitsPerDay ?? null,
    legacyQueriesPerMinute: settings.legacyQueriesPerMinute,
    fileCreationsPerSecond: settings.fileCreationsPerSecond,
    uploadBytesPerDay: settings.uploadBytesPerDay ?? preset.uploadBytesPerDay ?? null,
    downloadBytesPerDay: settings.downloadBytesPerDay,
    storageLimitBytes: settings.storageLimitBytes,
  };
}
