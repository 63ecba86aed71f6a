import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
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
  if (kept !== null) await rm(path);
  if (await keep(path, made)) return { ...made, origin: "now", path };
  // Another process of the same start was quicker; its password is the one.
  return { ...made, ...(await readKept(path)), origin: "earlier", path };
}

/** Puts the file there whole or not at all. @returns false when somebody else was quicker */
async function keep(path: string, account: z.infer<typeof Account>): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const aside = `${path}.${process.pid}`;
  await writeFile(aside, `${JSON.stringify(account)}\n`, { mode: 0o600, flush: true });
  try {
    await link(aside, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw cause;
  } finally {
    await rm(aside, { force: true });
  }
}

async function readKept(path: string): Promise<z.infer<typeof Account> | null> {
  try {
    return Account.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new Error(`${path} cannot be read`, { cause });
  }
}
