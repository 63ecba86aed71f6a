import { z } from "zod";
import { DriveSettingsSchema } from "./drive-settings-schema.ts";
import { OAuthSettingsSchema } from "./oauth-settings-schema.ts";
import { QuotaSettingsSchema } from "./quota-settings-schema.ts";
import type { SandboxSettings } from "./sandbox-settings.ts";

const Sections = {
  oauth: OAuthSettingsSchema,
  drive: DriveSettingsSchema,
  quotas: QuotaSettingsSchema,
} as const;

const Patch = z.strictObject({
  oauth: z.record(z.string(), z.unknown()).optional(),
  drive: z.record(z.string(), z.unknown()).optional(),
  quotas: z.record(z.string(), z.unknown()).optional(),
});

/** The settings in force. A part reads them anew for each request, so that a change holds from the next one on. */
export class LiveSettings {
  #current: SandboxSettings = {
    oauth: OAuthSettingsSchema.parse({}),
    drive: DriveSettingsSchema.parse({}),
    quotas: QuotaSettingsSchema.parse({}),
  };

  get current(): SandboxSettings {
    return this.#current;
  }

  /** Puts back what was in force at another moment: what `current` gave then. */
  restore(settings: SandboxSettings): void {
    this.#current = settings;
  }

  /**
   * Changes some settings, all of them or none.
   *
   * @param patch checked here: it may come from a file or over HTTP
   * @throws RangeError that names the section and the setting, when one is unknown or its value is none
   */
  change(patch: unknown): void {
    try {
      const { oauth, drive, quotas } = Patch.parse(patch);
      this.#current = z.strictObject(Sections).parse({
        oauth: { ...this.#current.oauth, ...oauth },
        drive: { ...this.#current.drive, ...drive },
        quotas: { ...this.#current.quotas, ...quotas },
      });
    } catch (error) {
      if (error instanceof z.ZodError) throw new RangeError(`settings: ${wordsOf(error)}`, { cause: error });
      throw error;
    }
  }
}

function wordsOf({ issues }: z.ZodError): string {
  return issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.map(String).join(".")}: ${message}`))
    .join("; ");
}
