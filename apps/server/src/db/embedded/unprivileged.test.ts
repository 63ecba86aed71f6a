import { spawnSync } from "node:child_process";
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readlink, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLog } from "../../platform/index.ts";
import { spawnHolder } from "../../testing/spawn-holder.ts";
import { runOn } from "../../testing/test-server.ts";
import { initialise } from "./initialise.ts";
import { joinServer } from "./join.ts";
import { startEmbeddedPostgres } from "./index.ts";
import { locateBinaries } from "./locate-binaries.ts";
import { choosePlace, type Place } from "./place.ts";
import { isLastToLeave } from "./presence.ts";
import { runProgram } from "./run-as.ts";
import { stopServer } from "./stop.ts";

const FAST = { fsync: "off", full_page_writes: "off" };
const NOBODY = { uid: 65534, gid: 65534 };
const isRoot = process.getuid?.() === 0;
const here = fileURLToPath(new URL(".", import.meta.url));
const nobodyReads = spawnSync(
  "test",
  ["-r", join(here, "index.ts"), "-a", "-x", process.execPath],
  isRoot ? NOBODY : {},
);
const log = createLog({ level: "silent", pretty: false });

let room: string;

beforeEach(async () => {
  room = await mkdtemp(join(tmpdir(), "driveway-unprivileged-"));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(room, { recursive: true, force: true });
});

/** Without the program that makes them, user namespaces are as good as forbidden. */
function forbidNamespaces(): void {
  vi.stubEnv("PATH", join(room, "no-programs"));
}

async function serveOnce(place: Place): Promise<void> {
  await initialise({ place, durable: false });
  const { presence } = await joinServer({ place, settings: FAST, lastPort: null });
  expect((await presence.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  if (await isLastToLeave(presence)) await stopServer(place);
  await presence.end();
}

describe.skipIf(!isRoot)("the embedded PostgreSQL of root", () => {
  it("runs in a data directory behind a door that only root can pass, and leaves that door as it is", async () => {
    const closed = join(room, "closed");
    await mkdir(closed, { mode: 0o700 });
    const postgres = await startEmbeddedPostgres({ dataDir: join(closed, "data"), settings: FAST });
    await runOn(postgres.connectionString, "create table here (n int)");
    await postgres.stop();
    expect((await stat(closed)).mode & 0o777).toBe(0o700);
    expect((await stat(join(closed, "data"))).mode & 0o777).toBe(0o700);
  });

  it("runs as another user where user namespaces are forbidden, to whom the data directory opens by its group alone", async () => {
    await chmod(room, 0o755);
    const dataDir = join(room, "data");
    await mkdir(dataDir, { mode: 0o700 });
    forbidNamespaces();
    const place = await choosePlace({
      dataDir,
      binaries: await locateBinaries(),
      openRoom: join(room, "open"),
      log,
    });
    expect(place.runAs.kind).toBe("user");
    await serveOnce(place);
    const owner = (await stat(join(dataDir, "postgres"))).uid;
    expect(place.runAs).toMatchObject({ uid: owner });
    expect(owner).not.toBe(0);
    const door = await stat(dataDir);
    expect(door).toMatchObject({ uid: 0, gid: place.runAs.kind === "user" ? place.runAs.gid : -1 });
    expect(door.mode & 0o777).toBe(0o710);
  });

  it("puts the database into an open room where the other user cannot come near the data directory", async () => {
    await chmod(room, 0o755);
    const dataDir = join(room, "closed", "data");
    await mkdir(dataDir, { recursive: true });
    await chmod(join(room, "closed"), 0o700);
    forbidNamespaces();
    const choose = async () =>
      choosePlace({ dataDir, binaries: await locateBinaries(), openRoom: join(room, "open"), log });
    const place = await choose();
    await serveOnce(place);
    expect(await readlink(join(dataDir, "postgres"))).toBe(place.clusterDir);
    expect(place.clusterDir.startsWith(join(room, "open"))).toBe(true);
    expect(await choose()).toEqual(place);
    await serveOnce(place);
  });

  it("hands a database made in a user namespace over to another user when namespaces are forbidden later", async () => {
    await chmod(room, 0o755);
    const dataDir = join(room, "data");
    const made = await startEmbeddedPostgres({ dataDir, settings: FAST });
    await runOn(made.connectionString, "create table kept (n int)");
    await made.stop();
    forbidNamespaces();
    const later = await startEmbeddedPostgres({ dataDir, settings: FAST });
    await runOn(later.connectionString, "insert into kept values (1)");
    await later.stop();
    expect((await stat(join(dataDir, "postgres"))).uid).not.toBe(0);
  });

  it("goes on as the user that owns the database when root comes after that user", async () => {
    const dataDir = join(room, "data");
    await chmod(room, 0o777);
    const place: Place = await choosePlace({ dataDir: room, binaries: await locateBinaries(), log });
    await mkdir(dataDir);
    await chown(dataDir, NOBODY.uid, NOBODY.gid);
    await serveOnce({ ...place, clusterDir: join(dataDir, "postgres"), runAs: { kind: "user", ...NOBODY } });
    const postgres = await startEmbeddedPostgres({ dataDir, settings: FAST });
    await runOn(postgres.connectionString, "select 1");
    await postgres.stop();
    expect((await stat(join(dataDir, "postgres", "PG_VERSION"))).uid).toBe(NOBODY.uid);
  });
});

describe.skipIf(!isRoot || nobodyReads.status !== 0)("the embedded PostgreSQL of an ordinary user", () => {
  it("runs as that user", async () => {
    await chmod(room, 0o777);
    const holder = await spawnHolder(join(room, "data"), NOBODY);
    expect(holder.begun).toMatchObject({ owner: true, errorCode: null });
    expect(await holder.terminate()).toEqual({ answeredAfterSignal: true });
    expect((await stat(join(room, "data", "postgres"))).uid).toBe(NOBODY.uid);
  });

  it("runs under a number without a name, as containers give it", async () => {
    await chmod(room, 0o777);
    const holder = await spawnHolder(join(room, "data"), { uid: 54321, gid: 54321 });
    expect(holder.begun).toMatchObject({ owner: true, errorCode: null });
    await holder.terminate();
    const again = await spawnHolder(join(room, "data"), { uid: 54321, gid: 54321 });
    expect(again.begun).toMatchObject({ owner: true, errorCode: null });
    await again.terminate();
  });

  it("says so when the database belongs to somebody else", async () => {
    await chmod(room, 0o777);
    const postgres = await startEmbeddedPostgres({ dataDir: join(room, "data"), settings: FAST });
    await chmod(join(room, "data"), 0o777);
    const holder = await spawnHolder(join(room, "data"), NOBODY);
    expect(holder.begun.errorCode).toBe("data_not_ours");
    await postgres.stop();
  });
});

describe("the programs of PostgreSQL", () => {
  /** A package as an installation without scripts leaves it: no links among the libraries. */
  async function bareInstallation(): Promise<string> {
    const { nativeDir } = await locateBinaries();
    const bare = join(room, "package", "native");
    await cp(nativeDir, bare, { recursive: true, verbatimSymlinks: true });
    for (const entry of await readdir(join(bare, "lib"), { withFileTypes: true })) {
      if (entry.isSymbolicLink()) await rm(join(bare, "lib", entry.name));
    }
    return bare;
  }

  const version = (binDir: string) =>
    runProgram({ runAs: { kind: "self" }, program: join(binDir, "initdb"), args: ["--version"] });

  it("run after an installation without scripts", async () => {
    const nativeDir = await bareInstallation();
    expect((await version(join(nativeDir, "bin"))).exitCode).not.toBe(0);
    const dataDir = join(room, "data");
    await mkdir(dataDir);
    await choosePlace({ dataDir, binaries: { nativeDir, version: "18.4.0" }, log });
    expect(await version(join(nativeDir, "bin"))).toMatchObject({ exitCode: 0 });
  });

  it.skipIf(!isRoot || nobodyReads.status !== 0)(
    "are copied when their folder cannot be written",
    async () => {
      const nativeDir = await bareInstallation();
      await chmod(room, 0o777);
      await writeFile(
        join(room, "prepare.ts"),
        `import { prepareBinaries } from ${JSON.stringify(join(here, "prepare-binaries.ts"))};
       const copyDir = ${JSON.stringify(join(room, "data", "copy"))};
       const prepare = () => prepareBinaries({ nativeDir: ${JSON.stringify(nativeDir)}, copyDir });
       console.log((await Promise.all([prepare(), prepare()])).join());`,
      );
      const prepared = spawnSync(process.execPath, [join(room, "prepare.ts")], {
        ...NOBODY,
        cwd: "/",
        encoding: "utf8",
      });
      const copy = join(room, "data", "copy", "native", "bin");
      expect(prepared).toMatchObject({ status: 0, stdout: `${copy},${copy}\n` });
      expect(await version(copy)).toMatchObject({ exitCode: 0 });
      expect(await readdir(join(room, "data"))).toEqual(["copy"]);
    },
  );
});
