import { z } from "zod";
import type { QuotaSettings } from "./quota-settings.ts";

const Limit = z.int().min(1).nullable().default(null);

/** What {@link QuotaSettings} says, as it is checked, and what holds where nothing is said. */
export const QuotaSettingsSchema = z.strictObject({
  preset: z.enum(["none", "google"]).default("none"),
  userUnitsPerMinute: Limit,
  projectUnitsPerMinute: Limit,
  projectUnitsPerDay: Limit,
  legacyQueriesPerMinute: Limit,
  fileCreationsPerSecond: z.number().min(0.001).max(1_000_000).nullable().default(null),
  uploadBytesPerDay: Limit,
  downloadBytesPerDay: Limit,
  storageLimitBytes: z.int().min(0).nullable().default(null),
  refusal: z.enum(["403", "429", "alternate"]).default("403"),
  retryAfterSeconds: z.int().min(0).nullable().default(null),
}) satisfies z.ZodType<QuotaSettings>;
