import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { firstLine, runProgram as run } from "./testing/run-program.ts";

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

  it("ends in order when its input does, where it was told to", async () => {
    const child = run("--json", "--port", "0", "--library", "none", "--exit-with-stdin");
    await firstLine(child);
    child.stdin?.end();
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("ends when its input does while it is still starting", async () => {
    const child = run("--json", "--port", "0", "--library", "small", "--exit-with-stdin");
    child.stdin?.end();
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it.each([
    [["--no-such-option"]],
    [["--port", "ninety"]],
    [["--port", "70000"]],
    [["--library", "huge"]],
    [["surplus"]],
    [["--size-bytes", "1e9"]],
    [["--file-sizes", "even"]],
    [["--quota", "some"]],
    [["--tls-port", "0"]],
    [["--tls-dir", "somewhere"]],
    [["--host", ""]],
    [["--control-host="]],
    [["--public-origin", "http://sandbox:8090/path"]],
    [["--data="]],
    [["--client-id", ""]],
    [["--redirect-uri", ""]],
    [["--latency-ms", "99999999999"]],
    [["--latency-jitter-ms", "99999999999"]],
    [["--size-bytes", "1000"]],
    [["--file-sizes", "fixed"]],
    [["--files-per-folder", "10"]],
    [["--control-host", "sandbox", "--no-control"]],
  ])("refuses %j", async (args) => {
    const child = run(...args);
    const [code] = await once(child, "close");
    expect(code).toBe(1);
    expect(child.output.err).toMatch(/^error: /);
    const [option = ""] = args;
    expect(child.output.err).toContain(option.startsWith("--") ? option.replace("=", "") : "argument");
  });

  it("lists its options with their defaults", async () => {
    const child = run("--help");
    await once(child, "close");
    for (const text of [
      "--port",
      "8090",
      "127.0.0.1",
      '"full"',
      "3599",
      "--access-token-seconds",
      "--data",
    ]) {
      expect(child.output.out).toContain(text);
    }
  });

  it("tells its version", async () => {
    const child = run("--version");
    await once(child, "close");
    expect(child.output.out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("refuses in one sentence what the sandbox refuses", async () => {
    const child = run("--port", "0", "--library", "none", "--account", "nobody");
    const [code] = await once(child, "close");
    expect(code).toBe(1);
    expect(child.output.err).toBe(
      'driveway-sandbox could not start: accounts: "nobody" is no e-mail address\n',
    );
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
