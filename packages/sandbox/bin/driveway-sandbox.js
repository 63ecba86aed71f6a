#!/usr/bin/env node
import { existsSync } from "node:fs";
import { setFlagsFromString } from "node:v8";

// Left to itself the heap grows to several times of what a large Drive takes. Kept close to that, it costs no speed that shows.
setFlagsFromString("--semi-space-growth-factor=1");
setFlagsFromString("--heap-growing-percent=25");

/** Beside the sources they run themselves, which takes a Node that strips types; the published package is compiled. */
const isSource = existsSync(new URL("../src/cli.ts", import.meta.url));
const [leastMajor, leastMinor] = isSource ? [24, 0] : [22, 12];
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
  const least = `${leastMajor}.${leastMinor}`;
  console.error(`driveway-sandbox needs Node ${least} or newer; this is Node ${process.versions.node}.`);
  process.exit(1);
}

const { runCli } = await (isSource
  ? import("../src/cli.ts")
  : import(new URL("../dist/cli.js", import.meta.url).href));
await runCli(process.argv);
