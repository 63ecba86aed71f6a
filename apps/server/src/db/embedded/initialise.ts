import { createHmac, randomBytes } from "node:crypto";
import { chown, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { hasCode } from "./has-code.ts";
import type { Place } from "./place.ts";
import { runProgram } from "./run-as.ts";

/** The cluster's own administrator. Driveway itself works as an ordinary role, see `ensure-database.ts`. */
export const SUPERUSER = "postgres";

const PASSWORD_FILE = "superuser-password";
/** `initdb` takes about a second; what is older than this was left behind by a crash. */
const ABANDONED_AFTER_MS = 10 * 60_000;

/**
 * Makes the cluster if there is none. It is made in a folder beside its place and appears there whole by one rename: a
 * crash leaves nothing half-made, and of several processes that do this at once one wins and the others use its cluster.
 *
 * UTF-8 with PostgreSQL's own C.UTF-8 rules (the same on every operating system, so indexes survive a move), passwords by
 * SCRAM only, page checksums on. A random password of 256 bits lies inside the cluster, readable by its owner alone.
 * @param params.durable false skips flushing to disk, for databases that need not survive a power cut
 * @throws {EmbeddedPostgresError} `data_not_ours`, `data_incompatible`, `binaries_unusable`, `initialise_failed`
 */
export async function initialise(params: { place: Place; durable: boolean }): Promise<void> {
  const { place } = params;
  if (await isCluster(place)) return;
  const home = dirname(place.clusterDir);
  await mkdir(home, { recursive: true, mode: 0o755 });
  await removeAbandoned(place.clusterDir);
  const draft = `${place.clusterDir}.new-${randomBytes(6).toString("hex")}`;
  try {
    await makeCluster({ place, draft, durable: params.durable });
    await rename(join(draft, "cluster"), place.clusterDir);
    if (params.durable) await flushDirectory(home);
  } catch (error) {
    if (!hasCode(error, "ENOTEMPTY", "EEXIST") || !(await isCluster(place))) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** The password of a cluster's superuser. */
export async function readPassword(clusterDir: string): Promise<string> {
  return (await readFile(join(clusterDir, PASSWORD_FILE), "utf8")).trim();
}

/** The password of the role that Driveway works as: made from the superuser's, but tells nothing of it. */
export function rolePassword(superuserPassword: string, role: string): string {
  return createHmac("sha256", superuserPassword).update(`role ${role}`).digest("hex");
}

async function makeCluster(params: { place: Place; draft: string; durable: boolean }): Promise<void> {
  const { draft, place } = params;
  const passwordFile = join(draft, PASSWORD_FILE);
  const clusterDir = join(draft, "cluster");
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flush: true });
  if (place.runAs.kind === "user") {
    for (const path of [passwordFile, draft]) await chown(path, place.runAs.uid, place.runAs.gid);
  }
  const args = [
    ...["-D", clusterDir, "-U", SUPERUSER, `--pwfile=${passwordFile}`, "--auth=scram-sha-256"],
    ...["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"],
    ...["--data-checksums", "--no-instructions", ...(params.durable ? [] : ["--no-sync"])],
  ];
  const made = await runProgram({ runAs: place.runAs, program: join(place.binDir, "initdb"), args });
  if (made.exitCode === 127) {
    throw new EmbeddedPostgresError(
      "binaries_unusable",
      "The embedded PostgreSQL does not run on this system: set DATABASE_URL to a PostgreSQL 14 or later.",
      { serverSaid: made.output },
    );
  }
  if (made.exitCode !== 0) {
    const serverSaid = made.output.slice(-2000);
    throw new EmbeddedPostgresError("initialise_failed", "The database could not be made.", { serverSaid });
  }
  await rename(passwordFile, join(clusterDir, PASSWORD_FILE));
  if (params.durable) await flushDirectory(clusterDir);
}

/**
 * Whether the cluster is there and fits the programs; an empty folder in its place counts as none.
 * @throws {EmbeddedPostgresError} `data_not_ours`, `data_incompatible`
 */
export async function isCluster(place: Place): Promise<boolean> {
  const major = Number.parseInt(place.version, 10);
  const { clusterDir } = place;
  try {
    const made = (await readFile(join(clusterDir, "PG_VERSION"), "utf8")).trim();
    if (made === String(major)) return true;
    throw new EmbeddedPostgresError(
      "data_incompatible",
      `The database in ${clusterDir} was made by PostgreSQL ${made}, and this is PostgreSQL ${major}: move the data over with pg_dump.`,
    );
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
  const content = await readdir(clusterDir).catch((error: unknown): string[] => {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  });
  // Looked at twice, because another process may have put its cluster here in between.
  if (content.length === 0) return false;
  if (content.includes("PG_VERSION")) return await isCluster(place);
  throw new EmbeddedPostgresError("data_not_ours", `${clusterDir} holds something that is not a database.`);
}

async function removeAbandoned(clusterDir: string): Promise<void> {
  const home = dirname(clusterDir);
  for (const name of await readdir(home)) {
    if (!name.startsWith(`${basename(clusterDir)}.new-`)) continue;
    const path = join(home, name);
    const made = await stat(path).catch(() => null);
    if (made !== null && Date.now() - made.mtimeMs > ABANDONED_AFTER_MS)
      await rm(path, { recursive: true, force: true });
  }
}

async function flushDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
