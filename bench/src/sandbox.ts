import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import type { Figure } from "./compare.ts";
import { measureCalls } from "./measure-calls.ts";
import { fileIdsOf, measureHuge } from "./measure-huge.ts";
import { measureLarge } from "./measure-large.ts";
import { measureMany } from "./measure-many.ts";
import { printFigures } from "./print-figures.ts";
import { runSandbox } from "./run-sandbox.ts";
import { runServer } from "./running-server.ts";
import { Target } from "./target.ts";

const RESULTS = fileURLToPath(new URL("../results/", import.meta.url));
const FLOOR = fileURLToPath(new URL("./floor-server.ts", import.meta.url));
const LARGE_BYTES = 1024 ** 3;

/**
 * Measures how fast the sandbox is, each figure beside that of a bare server, and writes all down. `--quick` leaves out
 * the file of 50 GiB, which takes a minute to hash.
 */
async function main(): Promise<void> {
  const floorServer = await runServer<{ origin: string }>(FLOOR, []);
  const floor = new Target(floorServer.ready.origin);
  try {
    const figures = [
      ...(await withSandbox(["--files", "1000"], (sandbox, ids) => measureCalls({ sandbox, floor }, ids))),
      ...(await withSandbox(["--files", "1", "--size-bytes", String(LARGE_BYTES)], (sandbox, [fileId = ""]) =>
        measureLarge({ sandbox, floor }, { fileId, sizeBytes: LARGE_BYTES }),
      )),
      ...(await measureMany(floor)),
      ...(process.argv.includes("--quick") ? [] : await measureHuge(floor)),
    ];
    printFigures(figures);
    writeResults(figures);
  } finally {
    await floor.close();
    await floorServer.stop();
  }
}

async function withSandbox(
  options: string[],
  measure: (sandbox: Target, fileIds: readonly string[]) => Promise<Figure[]>,
): Promise<Figure[]> {
  const sandbox = await runSandbox(...options);
  const target = new Target(sandbox.ready.origin, { authorization: sandbox.authorization });
  try {
    return await measure(target, await fileIdsOf(target, sandbox.ready.generatedFolderId));
  } finally {
    await target.close();
    await sandbox.stop();
  }
}

function writeResults(figures: readonly Figure[]): void {
  const [processor] = cpus();
  const machine = {
    processor: processor?.model,
    cores: cpus().length,
    system: `${process.platform} ${process.arch}`,
  };
  const results = { machine, node: process.version, date: new Date().toISOString(), figures };
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(`${RESULTS}sandbox.json`, `${JSON.stringify(results, null, 2)}\n`);
}

await main();
