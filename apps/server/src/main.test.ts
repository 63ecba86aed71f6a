import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";

const PROGRAM = fileURLToPath(new URL("../bin/driveway.js", import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(environment: Record<string, string>, nodeOptions: readonly string[] = []): Promise<Ended> {
  const env = { PATH: process.env.PATH ?? "", ...environment };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...nodeOptions, PROGRAM], {
      env,
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as Ended;
    return { code, stdout, stderr };
  }
}

/** A directory that is gone when the test has ended. */
async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "driveway-main-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

describe("driveway", () => {
  it("ends with a sentence on an old Node", async () => {
    const old = "data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'20.20.2'}})";
    const ended = await run({}, ["--import", old]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toBe(
      "Driveway needs Node 24 or later, and this is Node 20.20.2. " +
        "Run it with `npm start`, which uses the Node that `npm ci` installed.\n",
    );
  });

  it("lists every fault of its configuration and starts nothing", async () => {
    const directory = await makeDirectory();
    const ended = await run({ DATA_DIR: join(directory, "data"), PORT: "eighty", ROLES: "cook" });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toBe(
      "The configuration has 2 faults:\n  - PORT: must be a port\n  - ROLES: knows only api and worker\n",
    );
    expect(await readdir(directory)).toEqual([]);
  });

  it("names a database that does not answer, and leaves nothing running", async () => {
    const directory = await makeDirectory();
    const ended = await run({
      DATA_DIR: directory,
      DATABASE_URL: "postgres://nobody@127.0.0.1:1/none",
      ROLES: "api",
    });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toBe("The database cannot be reached: connect ECONNREFUSED 127.0.0.1:1.\n");
  });

  it("names a data directory that cannot be used", async () => {
    const directory = await makeDirectory();
    await writeFile(join(directory, "taken"), "");
    const ended = await run({ DATA_DIR: join(directory, "taken", "data") });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^Driveway cannot start: ENOTDIR: [^\n]*\n$/);
  });

  it("stops the database that it was starting when it is told to stop", { timeout: 60_000 }, async () => {
    const directory = await makeDirectory();
    const env = { PATH: process.env.PATH ?? "", DATA_DIR: directory, LOG_LEVEL: "silent" };
    const child = spawn(process.execPath, [PROGRAM], { env, stdio: "ignore" });
    const exited = once(child, "exit");
    await expect.poll(() => readdir(directory), { interval: 5, timeout: 20_000 }).not.toEqual([]);
    child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
    const cluster = await readdir(join(directory, "postgres")).catch(() => []);
    expect(cluster).not.toContain("postmaster.pid");
  });
});
