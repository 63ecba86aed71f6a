import { z } from "zod";
import { DriveSettings } from "./drive-settings.ts";
import { OAuthSettings } from "./oauth-settings.ts";
import { QuotaSettings } from "./quota-settings.ts";

const Sections = { oauth: OAuthSettings, drive: DriveSettings, quotas: QuotaSettings } as const;

type SectionName = keyof typeof Sections;

/** Everything about the sandbox that may change while it runs, by section. */
export type SandboxSettings = { readonly [Name in SectionName]: Readonly<z.output<(typeof Sections)[Name]>> };

/** Some settings, by section; those left out stay as they are. */
export type SettingsPatch = {
  readonly [Name in SectionName]?: Readonly<z.input<(typeof Sections)[Name]>>;
};

const Patch = z.strictObject({
  oauth: z.record(z.string(), z.unknown()).optional(),
  drive: z.record(z.string(), z.unknown()).optional(),
  quotas: z.record(z.string(), z.unknown()).optional(),
});

/** The settings in force. A part reads them anew for each request, so that a change holds from the next one on. */
export class LiveSettings {
  #current: SandboxSettings = {
    oauth: OAuthSettings.parse({}),
    drive: DriveSettings.parse({}),
    quotas: QuotaSettings.parse({}),
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
