import { createHash } from "node:crypto";
import { chmod, chown, mkdir, readdir, stat, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Log } from "../../platform/index.ts";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import type { Account } from "./find-account.ts";
import { hasCode } from "./has-code.ts";
import { readPostmasterFile } from "./postmaster-file.ts";
import { inspectProcess } from "./postmaster-process.ts";
import { copyBinaries } from "./prepare-binaries.ts";
import { mayUse } from "./run-as.ts";

interface Reach {
  readonly dataDir: string;
  readonly clusterDir: string;
  readonly nativeDir: string;
  readonly version: string;
  readonly binDir: string;
  /** Who must reach them. */
  readonly account: Account;
  /** Whose the cluster is; `null` when there is none yet. */
  readonly owner: Account | null;
  /** Where root puts what an unprivileged user must reach when the data directory lies behind closed doors. */
  readonly openRoom: string;
  readonly log: Log;
}

/** The programs where an unprivileged user can run them: as they are, or copied into the open room. */
export async function reachableBinaries(reach: Reach): Promise<string> {
  if (await reaches(reach, "/")) return reach.binDir;
  const copyDir = join(reach.openRoom, `programs-${reach.version}`);
  return await copyBinaries({ nativeDir: reach.nativeDir, copyDir });
}

/**
 * The cluster where an unprivileged user can reach it. The data directory itself is ours, so its door may be opened to
 * that user's group, to pass through but not to look around. What lies above it is not ours to change: when those doors
 * are closed a new cluster goes into the open room, and `postgres` in the data directory becomes a link to it.
 * @throws {EmbeddedPostgresError} `no_unprivileged_user` when there is a cluster already and it cannot be reached
 */
export async function reachableCluster(reach: Reach): Promise<string> {
  const home = dirname(reach.clusterDir);
  if (!(await reaches(reach, home)) && (await reaches(reach, dirname(home)))) {
    await chown(home, 0, reach.account.gid);
    await chmod(home, ((await stat(home)).mode & 0o777) | 0o010);
  }
  const inPlace = await reaches(reach, home);
  if (reach.owner !== null) {
    if (!inPlace) throw unreachable(reach.clusterDir);
    await handOver(reach.clusterDir, reach.account);
  }
  return inPlace ? reach.clusterDir : await moveOut(reach);
}

/** Whether the user can run the programs and pass through a folder. */
async function reaches(reach: Reach, directory: string): Promise<boolean> {
  return await mayUse({
    runAs: { kind: "user", ...reach.account },
    binDir: reach.binDir,
    directory,
    write: false,
  });
}

async function moveOut(reach: Reach): Promise<string> {
  const room = createHash("sha256").update(reach.dataDir).digest("hex").slice(0, 16);
  const clusterDir = join(reach.openRoom, room, "postgres");
  try {
    await mkdir(dirname(clusterDir), { recursive: true, mode: 0o755 });
    await symlink(clusterDir, reach.clusterDir);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  }
  reach.log.warn(
    { clusterDir },
    "the database lies outside the data directory, where its own user can reach it",
  );
  return clusterDir;
}

/** Gives a cluster of root's, made where user namespaces were allowed, to the user that serves it from now on. */
async function handOver(clusterDir: string, account: Account): Promise<void> {
  const file = await readPostmasterFile(clusterDir);
  if (file !== null && (await inspectProcess(file)) === "postmaster") throw unreachable(clusterDir);
  for (const entry of await readdir(clusterDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await chown(join(entry.parentPath, entry.name), account.uid, account.gid);
  }
  await chown(clusterDir, account.uid, account.gid);
}

function unreachable(clusterDir: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    "no_unprivileged_user",
    `PostgreSQL does not run as root, and no other user can serve the database in ${clusterDir}: move the data directory, or set DATABASE_URL.`,
  );
}
