import { z } from "zod";

/** The limits that calls run into. Units are counted with or without limits. */
export const QuotaSettings = z.strictObject({
  /** Units per minute that one user may spend through one project; null for no limit. Google's is 325,000. */
  userUnitsPerMinute: z.int().min(1).nullable().default(null),
});
