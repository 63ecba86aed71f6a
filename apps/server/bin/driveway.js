#!/usr/bin/env node
import { setFlagsFromString } from "node:v8";

// Left to itself the heap grows to several times of what is in it. Kept close to that, many bytes on their way cost
// little memory in every thread, and no speed that shows.
setFlagsFromString("--semi-space-growth-factor=1");
setFlagsFromString("--heap-growing-percent=25");

// Plain JavaScript that an old Node can read, so that it ends with a sentence and not with a stack.
const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  console.error(
    `Driveway needs Node 24 or later, and this is Node ${process.versions.node}. ` +
      "Run it with `npm start`, which uses the Node that `npm ci` installed.",
  );
  process.exit(1);
}
// Without a command it is the service.
if (process.argv.length > 2) await import("../src/cli/main.ts");
else await import("../src/main.ts");
