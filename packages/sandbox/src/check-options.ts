import { z } from "zod";
import { parsePublicOrigin } from "./hosts/public-origin.ts";
import type { SandboxOptions } from "./sandbox-options.ts";
import { LONGEST_LIFETIME_SECONDS, LONGEST_WAIT_MS } from "./time-limits.ts";
import { wordsOfIssues } from "./words-of-issues.ts";

export const HIGHEST_PORT = 65_535;

const Text = z.string().min(1, "must not be empty");
const Texts = z.array(Text);
const Port = z.int().min(0).max(HIGHEST_PORT);
const WaitMs = z.int().min(0).max(LONGEST_WAIT_MS).optional();
const RedirectUris = Texts.min(
  1,
  "names no address; left out, every loopback address is accepted",
).optional();
const ControlNames = z.strictObject({ hostNames: Texts });
/** Checked by those who read it, in their own words. */
const Elsewhere = z
  .unknown()
  .refine((value) => value !== null, "must not be null")
  .optional();

const Options = z.strictObject({
  port: Port.optional(),
  host: Text.optional(),
  publicOrigin: z
    .string()
    .refine((text) => parsePublicOrigin(text) !== null, "must be an http or https origin and no more")
    .optional(),
  clientId: Text.optional(),
  clientSecret: Text.optional(),
  redirectUris: RedirectUris,
  clients: z
    .array(z.strictObject({ clientId: Text, clientSecret: Text, redirectUris: RedirectUris }))
    .optional(),
  accounts: z
    .array(z.strictObject({ email: z.string(), name: z.string().optional(), hd: z.string().optional() }))
    .optional(),
  seed: z.int().optional(),
  library: z.enum(["none", "small", "full"]).optional(),
  files: Elsewhere,
  sizeBytes: Elsewhere,
  fileSizes: Elsewhere,
  filesPerFolder: Elsewhere,
  now: z
    .custom<() => number>(isClock, "must be a function that gives milliseconds since the epoch")
    .optional(),
  accessTokenLifetimeSeconds: z.int().min(0).max(LONGEST_LIFETIME_SECONDS).optional(),
  dataDir: Text.optional(),
  settings: Elsewhere,
  faults: Elsewhere,
  latencyMs: WaitMs,
  latencyJitterMs: WaitMs,
  controlApi: z.unknown().optional(),
  tls: z.strictObject({ port: Port, directory: Text }).optional(),
} satisfies Record<keyof SandboxOptions, z.ZodType>);

/**
 * Looks at options before anything is made of them. What settings, plans of faults, made-up files and e-mails may say
 * is looked at by those who read them.
 *
 * @throws RangeError that names the option which is unknown or whose value is none
 */
export function checkOptions(options: unknown): void {
  const { error, data } = Options.safeParse(options);
  if (error !== undefined) throw new RangeError(wordsOfIssues(error.issues), { cause: error });
  const { controlApi = true } = data;
  // A union would not say which of its members is wrong.
  if (typeof controlApi === "boolean") return;
  const { error: refusal } = z.strictObject({ controlApi: ControlNames }).safeParse({ controlApi });
  if (refusal !== undefined) throw new RangeError(wordsOfIssues(refusal.issues), { cause: refusal });
}

function isClock(value: unknown): boolean {
  if (typeof value !== "function") return false;
  const nowMs: unknown = value();
  return typeof nowMs === "number" && !Number.isNaN(new Date(nowMs).getTime());
}
