import { readlink, realpath, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Log } from "../../platform/index.ts";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { type Account, findUnprivilegedAccount, hasName } from "./find-account.ts";
import { hasCode } from "./has-code.ts";
import type { BinariesPackage } from "./locate-binaries.ts";
import { prepareBinaries } from "./prepare-binaries.ts";
import { reachableBinaries, reachableCluster } from "./reachable.ts";
import { mayUse, type RunAs } from "./run-as.ts";

/** Where a cluster lies, which programs serve it, and as whom they run. */
export interface Place {
  readonly runAs: RunAs;
  /** The folder of `initdb`, `pg_ctl` and `postgres`. */
  readonly binDir: string;
  /** The cluster's own folder. It need not exist yet. */
  readonly clusterDir: string;
  /** Of the programs, for example `18.4.0-beta.17`. */
  readonly version: string;
}

/** A folder that everybody may enter, for what cannot lie in the data directory. */
const OPEN_ROOM = "/var/lib/driveway";

/**
 * Decides where the cluster of a data directory lies and as whom it is served: where and as it was, if there is one.
 *
 * PostgreSQL refuses to run as root. Root therefore runs it in a user namespace; where the system forbids those (many
 * containers do) as the user postgres or nobody, with data and programs where that user can reach them.
 * @param params.dataDir an existing folder; the cluster is `postgres` in it, or what a link of that name points to
 * @param params.openRoom where data and programs go that their user could not reach otherwise
 * @throws {EmbeddedPostgresError} `data_not_ours`, `no_unprivileged_user`
 */
export async function choosePlace(params: {
  dataDir: string;
  binaries: BinariesPackage;
  openRoom?: string;
  log: Log;
}): Promise<Place> {
  const dataDir = await realpath(params.dataDir);
  const { nativeDir, version } = params.binaries;
  const clusterDir = await followLink(join(dataDir, "postgres"));
  const binDir = await prepareBinaries({ nativeDir, copyDir: join(dataDir, `postgres-programs-${version}`) });
  const place = { binDir, clusterDir, version };
  const owner = await ownerOf(clusterDir);
  const ourUid = process.getuid?.() ?? 0;
  const namespace: RunAs = { kind: "namespace" };
  const namespaceWorks = () => mayUse({ runAs: namespace, binDir, directory: dataDir, write: true });
  if (ourUid !== 0) {
    const runAs = await withoutRoot({ ourUid, owner, clusterDir, namespaceWorks });
    return { ...place, runAs };
  }
  const anothers = owner !== null && owner.uid !== 0;
  if (!anothers && (await namespaceWorks())) return { ...place, runAs: namespace };
  const account = anothers ? owner : await findUnprivilegedAccount();
  if (account === null) throw nobodyToRunAs();
  const reach = {
    dataDir,
    clusterDir,
    nativeDir,
    version,
    account,
    owner,
    openRoom: params.openRoom ?? OPEN_ROOM,
    log: params.log,
  };
  const reachable = await reachableBinaries({ ...reach, binDir });
  const served = anothers ? clusterDir : await reachableCluster({ ...reach, binDir: reachable });
  return { ...place, runAs: { kind: "user", ...account }, binDir: reachable, clusterDir: served };
}

async function withoutRoot(found: {
  ourUid: number;
  owner: Account | null;
  clusterDir: string;
  namespaceWorks: () => Promise<boolean>;
}): Promise<RunAs> {
  if (found.owner !== null && found.owner.uid !== found.ourUid) {
    throw new EmbeddedPostgresError(
      "data_not_ours",
      `The database in ${found.clusterDir} belongs to the user with the id ${found.owner.uid}, not to us (${found.ourUid}).`,
    );
  }
  if (found.owner !== null || hasName()) return { kind: "self" };
  if (await found.namespaceWorks()) return { kind: "namespace" };
  throw new EmbeddedPostgresError(
    "no_unprivileged_user",
    `PostgreSQL's initdb needs a user with a name, and the user id ${found.ourUid} has none: add it to /etc/passwd or set DATABASE_URL.`,
  );
}

function nobodyToRunAs(): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    "no_unprivileged_user",
    "PostgreSQL does not run as root, user namespaces are forbidden here and there is no user postgres or nobody: run as another user or set DATABASE_URL.",
  );
}

/** What a link points to, also when nothing is there yet; any other path as it is. */
async function followLink(path: string): Promise<string> {
  try {
    return resolve(path, "..", await readlink(path));
  } catch (error) {
    if (hasCode(error, "EINVAL", "ENOENT")) return path;
    throw error;
  }
}

/** Whose a cluster is; `null` when there is none. */
async function ownerOf(clusterDir: string): Promise<Account | null> {
  try {
    const { uid, gid } = await stat(clusterDir);
    return { uid, gid };
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}
