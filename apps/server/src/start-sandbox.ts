import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { GoogleConfig } from "./config.ts";

const Address = z.object({
  origin: z.url(),
  clientId: z.string(),
  clientSecret: z.string(),
  accounts: z.array(z.string()),
});
type Address = z.infer<typeof Address>;

const START_TIMEOUT_MS = 60_000;
const PROBE_TIMEOUT_MS = 2_000;
const OTHER_START_TIMEOUT_MS = 30_000;
const POLL_MS = 200;

/** The sandbox does not start. The message is for the operator. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";
}

/** A Google for a trial: an address, a client and the accounts that it knows. */
export interface RunningSandbox {
  readonly google: GoogleConfig;
  readonly accounts: readonly string[];
  /** Stops it, if this process started it. */
  stop(): Promise<void>;
}

/**
 * Finds the sandbox that another process of this DATA_DIR runs, or starts one in a process of its own. It keeps its
 * port and its state in `DATA_DIR/sandbox`, so that grants outlive a restart, as they do at the real one.
 * @param scopes what to ask for when somebody connects
 */
export async function startSandbox(params: {
  dataDir: string;
  scopes: readonly string[];
}): Promise<RunningSandbox> {
  const directory = join(params.dataDir, "sandbox");
  const addressPath = join(directory, "address.json");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const known = await readAddress(addressPath);
  if (known !== null && (await answers(known))) return running(known, params.scopes, async () => {});
  try {
    const { address, child } = await begin(known, directory);
    await writeAddress(addressPath, address);
    return running(address, params.scopes, () => stopChild(child));
  } catch (cause) {
    // Another process of ours may be starting it at this very moment: its sandbox serves both.
    const other = await awaitAddress(addressPath);
    if (other === null) throw cause;
    return running(other, params.scopes, async () => {});
  }
}

/** Starts it on the port that it had, or on a free one when somebody else has taken that meanwhile. */
async function begin(known: Address | null, directory: string) {
  if (known === null) return announced(spawnSandbox("0", directory));
  const { port } = new URL(known.origin);
  return announced(spawnSandbox(port, directory)).catch(() => announced(spawnSandbox("0", directory)));
}

async function awaitAddress(path: string): Promise<Address | null> {
  const deadline = Date.now() + OTHER_START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const address = await readAddress(path);
    if (address !== null && (await answers(address))) return address;
    await delay(POLL_MS);
  }
  return null;
}

function running(address: Address, scopes: readonly string[], stop: () => Promise<void>): RunningSandbox {
  const { origin, clientId, clientSecret, accounts } = address;
  const google = { clientId, clientSecret, scopes, issuer: origin, apiRoot: origin, apiKey: "", appId: "" };
  return { google, accounts, stop };
}

function spawnSandbox(port: string, directory: string): ChildProcess {
  const command = fileURLToPath(import.meta.resolve("@driveway/sandbox/bin"));
  const args = [command, "--json", "--port", port, "--data", join(directory, "state"), "--exit-with-stdin"];
  return spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
}

/** Reads the one line that the sandbox prints when it is ready. */
async function announced(child: ChildProcess): Promise<{ address: Address; child: ChildProcess }> {
  if (child.stdout === null) throw new Error("the sandbox has no output to read");
  const lines = createInterface({ input: child.stdout });
  const timer = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
  try {
    for await (const line of lines) return { address: Address.parse(JSON.parse(line)), child };
  } finally {
    clearTimeout(timer);
    // Reading has ended; whatever else it prints must not fill the pipe and hold it up.
    child.stdout.resume();
  }
  throw new SandboxError(`The sandbox did not start (exit code ${child.exitCode ?? "none"}).`);
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
}

async function answers(address: Address): Promise<boolean> {
  try {
    const reply = await fetch(`${address.origin}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    const body = (await reply.json()) as { issuer?: unknown };
    return reply.ok && body.issuer === address.origin;
  } catch {
    // Nobody listens, or not a sandbox: either way it is not there.
    return false;
  }
}

async function readAddress(path: string): Promise<Address | null> {
  try {
    return Address.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new SandboxError(`${path} cannot be read; remove it to start a new sandbox.`, { cause });
  }
}

async function writeAddress(path: string, address: Address): Promise<void> {
  const aside = `${path}.${process.pid}`;
  await writeFile(aside, `${JSON.stringify(address)}\n`, { mode: 0o600 });
  await rename(aside, path);
}
