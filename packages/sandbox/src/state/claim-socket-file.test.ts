import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { claimSocketFile, type SocketClaim } from "./claim-socket-file.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "claim-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

async function release(claim: SocketClaim): Promise<void> {
  if (claim.kind === "held") await claim.release();
}

/** Has a process of its own claim a path and be killed, which leaves the file. */
async function leaveBehind(path: string): Promise<void> {
  const program = `
    const server = require("node:net").createServer();
    server.listen(${JSON.stringify(path)}, () => console.log("listens"));`;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  await once(createInterface(child.stdout), "line");
  child.kill("SIGKILL");
  await once(child, "exit");
}

describe.skipIf(process.platform === "win32")("a claim by a socket file", () => {
  it("is held by one at a time, and leaves nothing behind when it is given up", async () => {
    const path = join(directory, "lock");
    const first = await claimSocketFile(path);
    expect(first.kind).toBe("held");
    expect(await claimSocketFile(path)).toEqual({ kind: "taken" });
    expect(readdirSync(directory)).toEqual(["lock"]);
    await release(first);
    expect(readdirSync(directory)).toEqual([]);
    const second = await claimSocketFile(path);
    expect(second.kind).toBe("held");
    await release(second);
  });

  it("is got by one of many who try at once, also where a killed process has left its file", async () => {
    const path = join(directory, "lock");
    await leaveBehind(path);
    const claims = await Promise.all(Array.from({ length: 8 }, () => claimSocketFile(path)));
    expect(claims.filter(({ kind }) => kind === "held")).toHaveLength(1);
    expect(readdirSync(directory)).toEqual(["lock"]);
    for (const claim of claims) await release(claim);
  });

  it("is got in a directory whose path is longer than the address of a socket may be", async () => {
    const deep = join(directory, "d".repeat(100), "e".repeat(100));
    mkdirSync(deep, { recursive: true });
    const path = join(deep, "lock");
    const first = await claimSocketFile(path);
    expect(first.kind).toBe("held");
    expect(await claimSocketFile(path)).toEqual({ kind: "taken" });
    await release(first);
    expect(readdirSync(deep)).toEqual([]);
  });

  it("does not take away what is no socket", async () => {
    const path = join(directory, "lock");
    writeFileSync(path, "somebody's");
    await expect(claimSocketFile(path)).rejects.toThrow(`${path} is in the way`);
    expect(readFileSync(path, "utf8")).toBe("somebody's");
    expect(readdirSync(directory)).toEqual(["lock"]);
  });
});
