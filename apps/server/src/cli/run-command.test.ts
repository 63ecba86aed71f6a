import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { migrate, startEmbeddedPostgres } from "../db/index.ts";
import { generatedEncryptionKeys } from "../encryption-keys.ts";
import { createEmptyDatabase } from "../testing/test-database.ts";
import { testLog } from "../testing/test-log.ts";

const PROGRAM = fileURLToPath(new URL("../../bin/driveway.js", import.meta.url));
const SECRET = "a-secret-that-nobody-may-see";

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function driveway(args: readonly string[], environment: Record<string, string> = {}): Promise<Ended> {
  const env = { PATH: process.env.PATH ?? "", ...environment };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [PROGRAM, ...args], { env });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as Ended;
    return { code, stdout, stderr };
  }
}

async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "driveway-cli-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

describe("the command line", () => {
  it("names the commands, and the options of each", async () => {
    const { code, stdout } = await driveway(["--help"]);
    expect(code).toBe(0);
    expect(await driveway(["keys", "-h"])).toEqual({ code, stdout, stderr: "" });
    for (const name of ["keys status", "keys rotate", "keys generate"]) {
      expect(stdout).toContain(name);
      expect((await driveway([...name.split(" "), "--help"])).stdout).toContain(`driveway ${name}`);
    }
  });

  it.each([
    [["keys"]],
    [["keys", "rotat"]],
    [[SECRET]],
    [["--port", SECRET]],
    [["keys", "rotate", `--${SECRET}`]],
    [["keys", "status", SECRET]],
  ])("refuses %j with exit code 2 and a sentence that repeats nothing of it", async (args) => {
    const { code, stdout, stderr } = await driveway(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^[^\n]+ --help [^\n]+\n$/);
    expect(stderr).not.toContain(SECRET);
  });

  it("says what is wrong with configuration, database and keys, without a stack", async () => {
    const directory = await makeDirectory();
    const empty = await createEmptyDatabase();
    onTestFinished(() => empty.drop());
    const key = `k:${"QUJD".repeat(9)}QUI=`;
    const cases = [
      [{ ROLES: "cook" }, "knows only api and worker"],
      [{ DATA_DIR: directory }, "holds no generated key"],
      [{ DATA_DIR: directory, ENCRYPTION_KEYS: key }, "32 bytes"],
      [{ DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" }, "holds no generated key"],
    ] as const;
    for (const [environment, sentence] of cases) {
      const { code, stderr } = await driveway(["keys", "status"], environment);
      expect([code, stderr]).toEqual([1, expect.stringContaining(sentence)]);
      expect(stderr).not.toContain("    at ");
    }
    const good = (await driveway(["keys", "generate"])).stdout.trim();
    const reach = (url: string) => driveway(["keys", "rotate"], { ENCRYPTION_KEYS: good, DATABASE_URL: url });
    expect((await reach("postgres://x@127.0.0.1:1/x")).stderr).toMatch(/^The database cannot be reached/);
    expect((await reach(empty.connectionString)).stderr).toMatch(/^The database lacks tables of Driveway/);
    expect(
      (await driveway(["keys", "status"], { ENCRYPTION_KEYS: good, DATA_DIR: directory })).stderr,
    ).toMatch(/holds no database/);
  });

  it("joins the embedded database that runs, and starts it when nobody does", {
    timeout: 90_000,
  }, async () => {
    const dataDir = await makeDirectory();
    await generatedEncryptionKeys(dataDir);
    const postgres = await startEmbeddedPostgres({ dataDir });
    await migrate({ connectionString: postgres.connectionString, log: testLog() });
    const status = () => driveway(["keys", "status", "--json"], { DATA_DIR: dataDir });
    const expected = { sealing_key: "generated", missing_keys: [], tables: [] };
    const joined = await status();
    expect([joined.code, JSON.parse(joined.stdout)]).toEqual([0, expect.objectContaining(expected)]);
    await postgres.stop();
    const started = await status();
    expect([started.code, JSON.parse(started.stdout)]).toEqual([0, expect.objectContaining(expected)]);
  });
});
