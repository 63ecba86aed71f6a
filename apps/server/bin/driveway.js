#!/usr/bin/env node
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
