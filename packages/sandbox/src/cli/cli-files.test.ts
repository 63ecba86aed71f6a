import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { firstLine, runProgram } from "../testing/run-program.ts";

const USUAL = ["--json", "--port", "0", "--library", "none"];
const refusal503 = { route: "files.get.media", fault: { kind: "status", status: 503 } };
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "cli-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function write(name: string, content: unknown): string {
  const path = join(directory, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

async function refusalOf(...args: readonly string[]): Promise<{ code: number; words: string }> {
  const child = runProgram(...USUAL, ...args);
  const [code] = (await once(child, "close")) as [number];
  return { code, words: child.output.err };
}

describe("a file that driveway-sandbox is given", () => {
  it.each<[option: string, content: unknown, words: RegExp]>([
    ["--faults", "{", /not JSON: /],
    ["--faults", [], /a JSON object is expected$/],
    ["--faults", { rules: [], sead: 1 }, /unknown option "sead"$/],
    [
      "--faults",
      { rules: [refusal503, { ...refusal503, fault: { kind: "explode" } }] },
      /rule 2: .*unknown fault kind/,
    ],
    ["--faults", { rules: [{ ...refusal503, time: 3 }] }, /rule 1: unknown option "time"$/],
    [
      "--faults",
      { rules: [{ ...refusal503, route: "files.got" }] },
      /rule 1: route: unknown route "files\.got"/,
    ],
    ["--faults", { rules: [{ ...refusal503, file: "1abc" }] }, /rule 1: file: there is no file "1abc"/],
    ["--settings", { auth: {} }, /"auth"/],
    ["--settings", { oauth: { publishing: "draft" } }, /oauth\.publishing/],
    ["--settings", { oauth: { publshing: "testing" } }, /"publshing"/],
    ["--settings", "3", /a JSON object is expected$/],
  ])("is refused in one sentence that names it: %s %j", async (option, content, words) => {
    const path = write("refused.json", content);
    const refusal = await refusalOf(option, path);
    expect(refusal.code).toBe(1);
    const [line = "", ...rest] = refusal.words.trim().split("\n");
    expect(line.startsWith(`driveway-sandbox could not start: ${option} ${path}: `)).toBe(true);
    expect(line).toMatch(words);
    expect(rest).toEqual([]);
  });

  it("is refused when it is not there", async () => {
    const path = join(directory, "nowhere.json");
    const { code, words } = await refusalOf("--faults", path);
    expect(code).toBe(1);
    expect(words).toBe(
      `driveway-sandbox could not start: --faults ${path}: the file cannot be read (ENOENT)\n`,
    );
  });

  it("counts the rules of a plan as they stand in the file, with a latency besides too", async () => {
    const path = write("numbered.json", { rules: [{ ...refusal503, route: "files.got" }] });
    expect((await refusalOf("--faults", path, "--latency-ms", "5")).words).toContain("rule 1: ");
  });

  it("holds from the start on, beside what the command line says", async () => {
    const faults = write("faults.json", {
      rules: [{ route: "oauth.discovery", times: 1, fault: { kind: "status", status: 503 } }],
    });
    const settings = write("settings.json", { quotas: { userUnitsPerMinute: 77 } });
    const limit = ["--storage-limit-bytes", "5000"];
    const child = runProgram(...USUAL, "--faults", faults, "--settings", settings, ...limit);
    const { origin, controlApi } = JSON.parse(await firstLine(child)) as Record<string, string>;
    const discovery = () => fetch(`${origin}/.well-known/openid-configuration`);
    expect((await discovery()).status).toBe(503);
    expect((await discovery()).status).toBe(200);
    const now = (await (await fetch(`${controlApi}/settings`)).json()) as unknown;
    expect(now).toMatchObject({ quotas: { userUnitsPerMinute: 77, storageLimitBytes: 5000 } });
    child.kill("SIGTERM");
    await once(child, "exit");
  });
});

describe("the line of JSON", () => {
  it("tells of folders, TLS and the control API, for all options at once", async () => {
    const tlsDir = join(directory, "tls");
    const faults = write("none.json", { rules: [] });
    const sizes = ["--files", "10", "--size-bytes", "2000", "--file-sizes", "lognormal"];
    const client = ["--client-id", "ID", "--client-secret", "SECRET", "--account", "carol@example.com"];
    const other = ["--latency-ms", "1", "--latency-jitter-ms", "1", "--quota", "google", "--faults", faults];
    const tlsArgs = ["--tls-port", "0", "--tls-dir", tlsDir];
    const child = runProgram("--json", "--port", "0", ...sizes, ...client, ...other, ...tlsArgs);
    const ready = JSON.parse(await firstLine(child)) as Record<string, unknown>;
    expect(ready).toMatchObject({
      clientId: "ID",
      clientSecret: "SECRET",
      accounts: ["alice@example.com", "bob@example.com", "carol@example.com"],
      rootFolderIds: {
        "alice@example.com": expect.any(String),
        "carol@example.com": expect.any(String),
      },
      generatedFolderId: expect.any(String),
      tls: {
        origin: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
        port: expect.any(Number),
        caFile: join(tlsDir, "ca.pem"),
        hostNames: expect.arrayContaining(["www.googleapis.com"]),
        hostsLine: expect.stringContaining("127.0.0.1 accounts.google.com"),
      },
      controlApi: `${String(ready.origin)}/sandbox/api`,
    });
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("holds null for what was not asked for, and for the control API that was left out", async () => {
    const child = runProgram(...USUAL, "--no-control");
    const ready = JSON.parse(await firstLine(child)) as { origin: string };
    expect(ready).toMatchObject({ generatedFolderId: null, tls: null, controlApi: null });
    expect((await fetch(`${ready.origin}/sandbox/api`)).status).toBe(404);
    child.kill("SIGTERM");
    await once(child, "exit");
  });
});
