import { execFile } from "node:child_process";
import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

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
    const directory = await mkdtemp(join(tmpdir(), "driveway-main-"));
    const ended = await run({ DATA_DIR: join(directory, "data"), PORT: "eighty", ROLES: "cook" });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toBe(
      "The configuration has 2 faults:\n  - PORT: must be a port\n  - ROLES: knows only api and worker\n",
    );
    expect(await readdir(directory)).toEqual([]);
  });
});
