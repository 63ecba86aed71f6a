import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RunningProgram, runProgram } from "../testing/run-program.ts";

/** The digests of such a file take a minute or more. */
const LARGE = ["--files", "1", "--size-bytes", String(50 * 1024 ** 3)];
const DIGEST_PROCESSES = 3;
const POLL_MS = 20;
const usualTmpdir = process.env.TMPDIR;

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sandbox-ending-"));
  process.env.TMPDIR = directory;
});

afterEach(() => {
  if (usualTmpdir === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = usualTmpdir;
  rmSync(directory, { recursive: true, force: true });
});

function start(...args: readonly string[]): RunningProgram {
  return runProgram("--json", "--port", "0", ...args);
}

function childrenOf(pid: number | undefined): number[] {
  const found = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return found.trim().split(" ").filter(Boolean).map(Number);
}

/** Whether a process is at work; one that has ended stays known until somebody asks how. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(POLL_MS);
}

/** Starts a sandbox and waits until processes find the digests of its large file. */
async function startDigesting(
  ...args: readonly string[]
): Promise<{ child: RunningProgram; pids: number[] }> {
  const child = start(...LARGE, ...args);
  await until(() => childrenOf(child.pid).length === DIGEST_PROCESSES);
  return { child, pids: childrenOf(child.pid) };
}

describe.skipIf(process.platform !== "linux")("a sandbox that is still finding digests", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("ends with its processes on %s", async (signal) => {
    const { child, pids } = await startDigesting();
    child.kill(signal);
    expect(await once(child, "close")).toEqual([0, null]);
    expect(child.output.out).toBe("");
    await until(() => !pids.some(isRunning));
  });

  it("ends with its processes when its input does, where it was told to", async () => {
    const { child, pids } = await startDigesting("--exit-with-stdin");
    child.stdin?.end();
    expect(await once(child, "close")).toEqual([0, null]);
    await until(() => !pids.some(isRunning));
  });

  it("leaves no process at work when it is killed", async () => {
    const { child, pids } = await startDigesting();
    child.kill("SIGKILL");
    await once(child, "exit");
    await until(() => !pids.some(isRunning));
  });
});

describe("a sandbox that is still making pictures", () => {
  it("ends at once on a signal, and leaves nothing behind in its data directory", async () => {
    const dataDir = mkdtempSync(join(directory, "data-"));
    const child = start("--library", "full", "--data", dataDir);
    await appears(dataDir, /^state\.unfinished-/);
    child.kill("SIGTERM");
    expect(await once(child, "close")).toEqual([0, null]);
    expect(child.output.out).toBe("");
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it("ends at once on a signal, and leaves no temporary directory behind", async () => {
    const child = start("--library", "full");
    await appears(directory, /^driveway-sandbox-/);
    child.kill("SIGTERM");
    expect(await once(child, "close")).toEqual([0, null]);
    expect(child.output.out).toBe("");
    expect(readdirSync(directory)).toEqual([]);
  });
});

/** Waits until a directory holds something of a name. */
async function appears(place: string, name: RegExp): Promise<void> {
  const signs = watch(place);
  try {
    while (!readdirSync(place).some((found) => name.test(found))) await once(signs, "change");
  } finally {
    signs.close();
  }
}
