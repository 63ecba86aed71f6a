import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const RUN_TIMEOUT_MS = 90_000;

/** The demo's own place for temporary data, to see what it leaves behind. */
let place = "";

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "driveway-demo-test-"));
});

afterEach(async () => {
  await rm(place, { recursive: true, force: true });
});

function runMain(...words: string[]): {
  child: ChildProcess;
  output: string[];
  ended: Promise<number | null>;
} {
  const env = { ...process.env, TMPDIR: place, NO_COLOR: "1" };
  const child = spawn(process.execPath, [MAIN, ...words], { env, stdio: ["ignore", "pipe", "pipe"] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on("line", (line) => output.push(line));
  }
  const ended = once(child, "close").then(([code]) => (typeof code === "number" ? code : null));
  return { child, output, ended };
}

/** Waits until the demo prints a line with this text. */
async function printed(child: ChildProcess, text: string): Promise<void> {
  if (child.stdout === null) throw new TypeError("The demo's output is not read");
  for await (const line of createInterface({ input: child.stdout })) if (line.includes(text)) return;
  throw new Error(`The demo ended without printing "${text}"`);
}

test("the demo finds everything equal and leaves nothing behind", { timeout: RUN_TIMEOUT_MS }, async () => {
  const { output, ended } = runMain();
  expect(await ended, output.join("\n")).toBe(0);
  expect(output.join("\n")).toContain("Every byte is the same on both sides.");
  expect(output.join("\n")).not.toContain("\u001b");
  expect(await readdir(place)).toEqual([]);
});

test("Ctrl-C in the middle stops everything in order", { timeout: RUN_TIMEOUT_MS }, async () => {
  const { child, output, ended } = runMain();
  await printed(child, "Connected");
  child.kill("SIGINT");
  expect(await ended, output.join("\n")).toBe(130);
  expect(await readdir(place)).toEqual([]);
});

test("Ctrl-C while everything starts leaves nothing behind", { timeout: RUN_TIMEOUT_MS }, async () => {
  const { child, output, ended } = runMain();
  await printed(child, "Starting");
  child.kill("SIGINT");
  expect(await ended, output.join("\n")).toBe(130);
  expect(await readdir(place)).toEqual([]);
});

test("--keep goes on serving until Ctrl-C, and says where", { timeout: RUN_TIMEOUT_MS }, async () => {
  const { child, output, ended } = runMain("--keep");
  await printed(child, "Ctrl-C");
  const url = output
    .map((line) => /Driveway\s+(http:\S+)/.exec(line)?.[1])
    .find((found) => found !== undefined);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  child.kill("SIGINT");
  expect(await ended, output.join("\n")).toBe(0);
  expect(await readdir(place)).toEqual([]);
});

test("an unknown option is refused with the usage", async () => {
  const { output, ended } = runMain("--kep");
  expect(await ended).toBe(2);
  expect(output.join("\n")).toContain("Usage:");
});
