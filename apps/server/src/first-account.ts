import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Config } from "./config.ts";

const Account = z.object({ email: z.string(), password: z.string() });

/** Who the first user is, and where their password comes from. */
export interface FirstAccount {
  readonly email: string;
  readonly password: string;
  /** `configured`, made up `now`, or made up at an `earlier` start and kept in `path`. */
  readonly origin: "configured" | "now" | "earlier";
  readonly path: string;
}

/**
 * The account of BOOTSTRAP_ADMIN_EMAIL and BOOTSTRAP_ADMIN_PASSWORD; outside production what is missing is made up, and
 * kept in `DATA_DIR` for its owner alone, so that a trial which lost its terminal is not lost. Null when none is wanted.
 */
export async function firstAccount(config: Config): Promise<FirstAccount | null> {
  const { adminEmail, adminPassword } = config.bootstrap;
  const path = join(config.dataDir, "first-account.json");
  if (adminEmail !== null && adminPassword !== null) {
    return { email: adminEmail, password: adminPassword, origin: "configured", path };
  }
  if (config.production) return null;
  const email = adminEmail ?? "admin@example.com";
  const kept = await readKept(path);
  if (kept?.email === email) return { ...kept, origin: "earlier", path };
  const made = { email, password: adminPassword ?? randomBytes(12).toString("base64url") };
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  await writeFile(path, `${JSON.stringify(made)}\n`, { mode: 0o600, flush: true });
  return { ...made, origin: "now", path };
}

async function readKept(path: string): Promise<z.infer<typeof Account> | null> {
  try {
    return Account.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new Error(`${path} cannot be read`, { cause });
  }
}
