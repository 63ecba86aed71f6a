import { z } from "zod";
import { wordsOfIssues } from "../words-of-issues.ts";
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

  /** Null as long as nobody has said who has an account. */
  #emails: ReadonlySet<string> | null = null;

  get current(): SandboxSettings {
    return this.#current;
  }

  /** Puts back what was in force at another moment: what `current` gave then. */
  restore(settings: SandboxSettings): void {
    this.#current = settings;
  }

  /**
   * Says who has an account: from now on settings are for these people alone, and not for others, whom they would never
   * meet.
   *
   * @throws RangeError as `change` does, when a setting in force is for somebody else
   */
  knowAccounts(accounts: readonly { readonly email: string }[]): void {
    this.#emails = new Set(accounts.map(({ email }) => email));
    this.change({});
  }

  /**
   * Changes some settings, all of them or none.
   *
   * @param patch checked here: it may come from a file or over HTTP
   * @throws RangeError that names the section and the setting, when one is unknown, its value is none, or it is for
   *   somebody who has no account
   */
  change(patch: unknown): void {
    try {
      const { oauth, drive, quotas } = Patch.parse(patch);
      const changed = z.strictObject(Sections).parse({
        oauth: { ...this.#current.oauth, ...oauth },
        drive: { ...this.#current.drive, ...drive },
        quotas: { ...this.#current.quotas, ...quotas },
      });
      if (this.#emails !== null) requireAccounts(changed, this.#emails);
      this.#current = changed;
    } catch (error) {
      if (error instanceof z.ZodError)
        throw new RangeError(`settings: ${wordsOfIssues(error.issues)}`, { cause: error });
      throw error;
    }
  }
}

function requireAccounts({ oauth }: SandboxSettings, emails: ReadonlySet<string>): void {
  const { consentOutcome, tokenRefusals } = oauth;
  const byEmail = { consentOutcome: typeof consentOutcome === "string" ? {} : consentOutcome, tokenRefusals };
  const strangers = Object.entries(byEmail).flatMap(([name, people]) =>
    Object.keys(people)
      .filter((email) => !emails.has(email))
      .map((email) => ({ path: ["oauth", name, email], input: email })),
  );
  if (strangers.length === 0) return;
  const message = "there is no such account";
  throw new z.ZodError(strangers.map((stranger) => ({ code: "custom", message, ...stranger })));
}
