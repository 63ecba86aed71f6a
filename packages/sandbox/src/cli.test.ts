import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("../bin/driveway-sandbox.js", import.meta.url));

function run(...args: string[]): ChildProcess & { output: { out: string; err: string } } {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const output = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    output.out += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    output.err += String(chunk);
  });
  return Object.assign(child, { output });
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) {
    throw new Error("The program has no output");
  }
  for await (const line of createInterface(child.stdout)) {
    return line;
  }
  throw new Error("The program said nothing");
}

describe("driveway-sandbox", () => {
  it("says in one line of JSON where it is, serves, and stops in order on SIGTERM", async () => {
    const child = run("--json", "--port", "0", "--library", "none", "--client-id", "mine");
    const ready = JSON.parse(await firstLine(child)) as { origin: string };
    expect(ready).toMatchObject({ clientId: "mine", accounts: ["alice@example.com", "bob@example.com"] });
    const home = await fetch(ready.origin);
    expect(await home.text()).toContain("A Google that runs on your machine");
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("says with its usual words where it is", async () => {
    const child = run("--port", "0", "--library", "none");
    expect(await firstLine(child)).toContain("Sandbox ready");
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it.each([
    [["--no-such-option"]],
    [["--port", "ninety"]],
    [["--port", "70000"]],
    [["--library", "huge"]],
    [["surplus"]],
  ])("refuses %j", async (args) => {
    const child = run(...args);
    const [code] = await once(child, "close");
    expect(code).toBe(1);
    expect(child.output.err).toMatch(/^error: /);
  });

  it("lists its options with their defaults", async () => {
    const child = run("--help");
    await once(child, "close");
    for (const text of ["--port", "8090", "127.0.0.1", '"full"', "3599", "--access-token-seconds"]) {
      expect(child.output.out).toContain(text);
    }
  });

  it("says in one sentence that a port is taken", async () => {
    const holder = run("--json", "--port", "0", "--library", "none");
    const { origin } = JSON.parse(await firstLine(holder)) as { origin: string };
    const second = run("--port", new URL(origin).port, "--library", "none");
    const [code] = await once(second, "close");
    expect(code).toBe(1);
    expect(second.output.err).toMatch(/^driveway-sandbox could not start: .*EADDRINUSE/);
    holder.kill("SIGTERM");
    await once(holder, "exit");
  });
});
