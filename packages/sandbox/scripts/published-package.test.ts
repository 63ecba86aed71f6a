import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const packageDirectory = fileURLToPath(new URL("..", import.meta.url));
const repository = fileURLToPath(new URL("../../..", import.meta.url));
const modules = join(repository, "node_modules");
const MOST_BYTES = 600_000;

let scratch: string;
let copy: string;
let consumer: string;
let tarball: string;
let listed: readonly string[];

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "published-"));
  copy = join(scratch, "repository");
  consumer = join(scratch, "consumer");
  copyRepository();
  await pack();
  await installTarball();
}, 60_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Packing exchanges package.json for a moment, which would be felt by everything else that runs in this tree. */
function copyRepository(): void {
  const packages = join(copy, "packages");
  mkdirSync(packages, { recursive: true });
  for (const name of ["tsconfig.json", "LICENSE"]) cpSync(join(repository, name), join(copy, name));
  writeFileSync(join(copy, "package.json"), JSON.stringify({ private: true, workspaces: ["packages/*"] }));
  symlinkSync(modules, join(copy, "node_modules"));
  const filter = (path: string) => !/[/\\](?:dist|node_modules)$/.test(path);
  cpSync(packageDirectory, join(packages, "sandbox"), { recursive: true, filter });
}

async function pack(): Promise<void> {
  const args = ["pack", "-w", "@driveway/sandbox", "--json", "--foreground-scripts=false"];
  const { stdout } = await run("npm", [...args, "--pack-destination", scratch], { cwd: copy });
  const said = JSON.parse(stdout) as unknown;
  const [packed] = (Array.isArray(said) ? said : Object.values(said as object)) as {
    filename: string;
    files: { path: string }[];
  }[];
  tarball = join(scratch, packed?.filename ?? "");
  listed = packed?.files.map(({ path }) => path) ?? [];
}

/**
 * What `npm install` would do, without a registry: the unpacked package, its command, and the dependencies that it
 * declares and no others, taken from where the repository has them.
 */
async function installTarball(): Promise<void> {
  const home = join(consumer, "node_modules", "@driveway", "sandbox");
  mkdirSync(home, { recursive: true });
  await run("tar", ["-xzf", tarball, "-C", home, "--strip-components=1"]);
  const { dependencies, bin } = manifestOf(home);
  for (const name of Object.keys(dependencies)) link(join(consumer, "node_modules", name), installedAt(name));
  const command = join(consumer, "node_modules", ".bin", "driveway-sandbox");
  link(command, join(home, bin["driveway-sandbox"] ?? ""));
  link(join(consumer, "node_modules", "@types", "node"), join(modules, "@types", "node"));
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ name: "consumer", type: "module" }));
}

function installedAt(name: string): string {
  const places = createRequire(join(packageDirectory, "package.json")).resolve.paths(name) ?? [];
  const place = places.find((each) => statSync(join(each, name), { throwIfNoEntry: false }));
  if (place === undefined) throw new Error(`${name} is not installed`);
  return join(place, name);
}

function link(path: string, target: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

function manifestOf(directory: string) {
  return JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as {
    readonly dependencies: Record<string, string>;
    readonly bin: Record<string, string>;
    readonly private?: boolean;
    readonly peerDependencies?: Record<string, string>;
    readonly peerDependenciesMeta?: Record<string, { readonly optional?: boolean }>;
  };
}

/** What the compiler says to a program of the consumer, strict and with all libraries checked; nothing when all is well. */
async function compile(name: string, source: string, options: object = {}): Promise<string> {
  writeFileSync(join(consumer, `${name}.ts`), source);
  const compilerOptions = {
    ...{ module: "nodenext", target: "es2024", lib: ["es2024"], types: ["node"], noEmit: true },
    ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, ...options },
  };
  const project = `tsconfig.${name}.json`;
  writeFileSync(join(consumer, project), JSON.stringify({ compilerOptions, files: [`${name}.ts`] }));
  const path = [join(modules, ".bin"), process.env.PATH].join(delimiter);
  const { stdout } = await run("tsc", ["-p", project], {
    cwd: consumer,
    env: { ...process.env, PATH: path },
  }).catch((error: unknown) => error as { stdout: string });
  return stdout;
}

function declarationOf(name: string): string {
  const dist = join(consumer, "node_modules", "@driveway", "sandbox", "dist");
  return readFileSync(join(dist, `${name}.d.ts`), "utf8");
}

function importsOf(name: string): readonly string[] {
  return [...declarationOf(name).matchAll(/(?:from|import\(|import) ?"([^"]+)"/g)].map(
    ([, from = ""]) => from,
  );
}

/** The declarations that one of them leads to, itself included. */
function declarationsFrom(name: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const from of importsOf(name).filter((each) => each.startsWith("."))) {
    declarationsFrom(join(dirname(name), from).replace(/\.[jt]s$/, ""), seen);
  }
  return seen;
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("The program has no output");
  for await (const line of createInterface(child.stdout)) return line;
  throw new Error("The program said nothing");
}

describe("the published package", () => {
  it("holds what runs and nothing else, and is small", () => {
    expect(listed).toContain("dist/index.js");
    expect(listed).toContain("dist/index.d.ts");
    expect(listed.filter((path) => !/^dist\/.+\.js$|^dist\/.+\.d\.ts$/.test(path)).toSorted()).toEqual([
      "LICENSE",
      "README.md",
      "bin/driveway-sandbox.js",
      "package.json",
    ]);
    expect(listed.filter((path) => /\.test\.|\/testing\/|\/conformance\//.test(path))).toEqual([]);
    expect(statSync(tarball).size).toBeLessThan(MOST_BYTES);
  });

  it("leaves the manifest of the repository as it was", () => {
    const [before, after] = [packageDirectory, join(copy, "packages", "sandbox")].map((directory) =>
      readFileSync(join(directory, "package.json"), "utf8"),
    );
    expect(after).toBe(before);
    expect(manifestOf(join(consumer, "node_modules", "@driveway", "sandbox"))).not.toHaveProperty("private");
  });

  it("runs by its command, also where the pictures are made in a process of their own", async () => {
    const data = join(scratch, "data");
    const args = ["--no-install", "driveway-sandbox", "--json", "--port", "0", "--exit-with-stdin"];
    const child = spawn("npx", [...args, "--library", "small", "--data", data], {
      cwd: consumer,
      stdio: ["pipe", "pipe", "inherit"],
    });
    const { origin } = JSON.parse(await firstLine(child)) as { origin: string };
    const discovery = await fetch(`${origin}/.well-known/openid-configuration`);
    expect(await discovery.json()).toMatchObject({ issuer: origin });
    child.stdin?.end();
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("is imported by a module, with files made up by a worker and with TLS", async () => {
    const program = join(consumer, "use.mjs");
    writeFileSync(
      program,
      `import { createSandbox } from "@driveway/sandbox";
const sandbox = await createSandbox({ files: 1, sizeBytes: 40_000_000, tls: { port: 0, directory: "./tls" } });
const page = await fetch(sandbox.origin);
await sandbox.close();
console.log(page.status, sandbox.tls.hostNames.length > 0);`,
    );
    const { stdout } = await run(process.execPath, [program], { cwd: consumer });
    expect(stdout).toBe("200 true\n");
  });

  it("has types that hold in a strict program, all libraries checked", async () => {
    const said = await compile(
      "use",
      `import { approveConsent, createSandbox, type Sandbox, type SandboxOptions } from "@driveway/sandbox";
const options: SandboxOptions = { port: 0, settings: { oauth: { publishing: "testing" } } };
const sandbox: Sandbox = await createSandbox(options);
const back: URL = await approveConsent({ authorizationUrl: sandbox.origin });
const count: number = sandbox.requests.count("files.list");
// @ts-expect-error: there is no such option
await createSandbox({ prot: 0 });
console.log(back.href, count);
`,
    );
    expect(said).toBe("");
  });

  it("has types that can be named in the declarations of another package", async () => {
    const said = await compile(
      "declare",
      `import { createSandbox, generatedContent, type FaultRule, type SandboxOptions } from "@driveway/sandbox";
export const sandbox = await createSandbox();
export const { accounts, drive, requests, faults, clock, settings, quotas, tls } = sandbox;
export const [account] = accounts;
export const settled = settings.current;
export const { oauth, drive: driveSettings, quotas: quotaSettings } = settled;
export const rules = faults.plan.rules;
export const fault = rules[0]?.rule.fault;
export const met = (subject: Parameters<typeof faults.meet>[0]) => faults.meet(subject);
export const found = requests.find();
export const entries = await requests.waitFor({});
export const summary = requests.summary();
export const used = quotas.report();
export const limits = quotas.limits;
export const admit = (...asked: Parameters<typeof quotas.admit>) => quotas.admit(...asked);
export const file = drive.addFile("1", { name: "a", mimeType: "image/png", content: null });
export const { blob, sharing, imageMediaMetadata, properties } = file;
export const [permission] = sharing?.permissions ?? [];
export const stored = drive.storageOf("1");
export const shared = drive.shareContent(file);
export const content = await generatedContent({ sizeBytes: 1 });
export const checksums = content.checksums;
export const update = (...patch: Parameters<typeof drive.update>) => drive.update(...patch);
export const share = (...input: Parameters<typeof drive.shareFile>) => drive.shareFile(...input);
export const library = (options: SandboxOptions) => options.library;
export const attempt = (rule: FaultRule) => rule.attempt;
export const people = (options: SandboxOptions) => options.accounts;
`,
      { declaration: true, noEmit: false, outDir: "declared" },
    );
    expect(said).toBe("");
  });

  it("tells what the members of rules, faults and settings are", () => {
    const undocumented = ["faults/fault-rule", "settings/drive-settings", "settings/oauth-settings"]
      .concat("settings/quota-settings", "faults/fault")
      .flatMap((name) => [...declarationOf(name).matchAll(/(?<!\*\/\n)^ +readonly (\w+)\??:/gm)])
      .map(([, member]) => member);
    expect(new Set(undocumented)).toEqual(new Set(["kind"]));
    expect(declarationOf("faults/fault")).toMatch(
      /\/\*\* After so many bytes .+\*\/\n {4}readonly afterBytes\?:/,
    );
    expect(declarationOf("faults/fault-rule")).toMatch(
      /\/\*\* Only every so many .+\*\/\n {4}readonly every\?:/,
    );
    expect(declarationOf("settings/drive-settings")).toMatch(/missing from .+\*\/\n {4}readonly listLagMs:/);
  });

  it("has types that take those of no other package", () => {
    const declarations = [...declarationsFrom("index")];
    expect(declarations).toContain("settings/drive-settings");
    const others = declarations.flatMap(importsOf).filter((name) => !name.startsWith("."));
    expect(others).toEqual([]);
  });

  it("says that its types need those of Node, and leaves them to those who compile", () => {
    const manifest = manifestOf(join(consumer, "node_modules", "@driveway", "sandbox"));
    expect(manifest.peerDependencies).toHaveProperty("@types/node");
    expect(manifest.peerDependenciesMeta).toEqual({ "@types/node": { optional: true } });
  });

  it("leaves the types of Fastify as they are for an application that has its own additions", async () => {
    const said = await compile(
      "augment",
      `import { createSandbox } from "@driveway/sandbox";
import Fastify from "fastify";
declare module "fastify" {
  interface FastifyRequest {
    traffic: { readonly lane: number };
  }
}
const app = Fastify();
app.get("/", (request) => request.traffic.lane);
// @ts-expect-error: that is the sandbox's own
app.get("/ordeal", (request) => request.ordeal);
console.log(await createSandbox());
`,
    );
    expect(said).toBe("");
  });
});
