import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type ImportRun, importOnce } from "./import-once.ts";
import { fileIdsOf } from "./measure-huge.ts";
import { median } from "./median.ts";
import { runSandbox } from "./run-sandbox.ts";
import { Target } from "./target.ts";

const RESULTS = fileURLToPath(new URL("../results/transfers.json", import.meta.url));
const GIBIBYTE = 1024 ** 3;

const WORKS = [
  { name: "1,000 files of 200 kB, 50 ms", files: 1000, sizeBytes: 200_000, latencyMs: 50 },
  { name: "1,000 files of 200 kB, no latency", files: 1000, sizeBytes: 200_000, latencyMs: 0 },
  { name: "one file of 1 GiB, 50 ms", files: 1, sizeBytes: GIBIBYTE, latencyMs: 50 },
  { name: "one file of 1 GiB, no latency", files: 1, sizeBytes: GIBIBYTE, latencyMs: 0 },
] as const;
type Work = (typeof WORKS)[number];

/** What was measured of one work, as medians, and the runs that they are of. */
interface Figure {
  readonly name: string;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMebibytes: number;
  readonly runs: readonly ImportRun[];
}

/**
 * Measures imports through the whole product, in a process of its own: wall time, CPU time and memory of all its
 * processes but PostgreSQL. Results of one label replace those of the same label. `--only` takes the works that have
 * that text in their names.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      label: { type: "string", default: "now" },
      runs: { type: "string", default: "3" },
      only: { type: "string", default: "" },
      threads: { type: "string", default: String(availableParallelism()) },
    },
  });
  const figures: Figure[] = [];
  for (const work of WORKS.filter(({ name }) => name.includes(values.only))) {
    const figure = await measure(work, { runs: Number(values.runs), threads: values.threads });
    console.log(
      `${figure.name.padEnd(40)}${figure.seconds.toFixed(2)} s  ${figure.cpuSeconds.toFixed(2)} CPU s  ` +
        `${Math.round(figure.peakMebibytes)} MiB`,
    );
    figures.push(figure);
  }
  write(values.label, { threads: Number(values.threads), date: new Date().toISOString(), figures });
}

async function measure(
  work: Work,
  how: { readonly runs: number; readonly threads: string },
): Promise<Figure> {
  const sandbox = await runSandbox(
    ...["--files", String(Math.max(work.files, 2)), "--size-bytes", String(work.sizeBytes)],
    ...["--latency-ms", String(work.latencyMs)],
  );
  const target = new Target(sandbox.ready.origin, { authorization: sandbox.authorization });
  const ids = await fileIdsOf(target, sandbox.ready.generatedFolderId);
  const [warmUp = ""] = ids;
  // What is known already is not fetched again, so a single file is another than the one before it.
  const fileIds = work.files === 1 ? ids.slice(1) : ids;
  const runs: ImportRun[] = [];
  for (let run = 0; run < how.runs; run += 1) {
    const settings = { TRANSFER_THREADS: how.threads };
    runs.push(await importOnce({ sandbox, fileIds, warmUp, settings }));
  }
  await target.close();
  await sandbox.stop();
  const middle = (of: (run: ImportRun) => number) => median(runs.map(of));
  return {
    name: work.name,
    seconds: middle(({ seconds }) => seconds),
    cpuSeconds: middle(({ cpuSeconds }) => cpuSeconds),
    peakMebibytes: middle(({ peakMebibytes }) => peakMebibytes),
    runs,
  };
}

function write(label: string, result: object): void {
  const machine = { processor: cpus()[0]?.model, cores: cpus().length, node: process.version };
  let results: Record<string, unknown> = {};
  try {
    results = (JSON.parse(readFileSync(RESULTS, "utf8")) as { results: Record<string, unknown> }).results;
  } catch {
    // The first results of this machine.
  }
  mkdirSync(fileURLToPath(new URL("../results/", import.meta.url)), { recursive: true });
  writeFileSync(
    RESULTS,
    `${JSON.stringify({ machine, results: { ...results, [label]: result } }, null, 2)}\n`,
  );
}

await main();
