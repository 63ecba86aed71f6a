import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type ChaosOptions, LONG_RUN, SHORT_RUN } from "./chaos-options.ts";
import { runChaos } from "./run-chaos.ts";

const USAGE = `Usage: npm run chaos -- [options]
  --short            two minutes instead of the long run
  --seed N           what files, faults and kills follow from; from the clock when left out
  --files N          pictures to import
  --exports N        images to export
  --kills N          workers to kill, at the most
  --minutes N        when a run is given up
  --calm-orders      no order meets a restart of the API or of PostgreSQL
  --keep FOLDER      keeps data and logs there
  --json FILE        where the report goes as JSON`;

const OPTIONS = {
  short: { type: "boolean" },
  seed: { type: "string" },
  files: { type: "string" },
  exports: { type: "string" },
  kills: { type: "string" },
  minutes: { type: "string" },
  "calm-orders": { type: "boolean" },
  keep: { type: "string" },
  json: { type: "string" },
  help: { type: "boolean" },
} as const;

const MINUTE_MS = 60_000;

const { values } = parseArgs({ options: OPTIONS });
const base = values.short === true ? SHORT_RUN : LONG_RUN;
const begunMs = Date.now();
const options: ChaosOptions = {
  ...base,
  seed: numberOf(values.seed, begunMs % 1_000_000),
  files: numberOf(values.files, base.files),
  exports: numberOf(values.exports, base.exports),
  kills: numberOf(values.kills, base.kills),
  limitMs: numberOf(values.minutes, base.limitMs / MINUTE_MS) * MINUTE_MS,
  wildOrders: values["calm-orders"] === true ? false : base.wildOrders,
  keepDirectory: values.keep ?? null,
  say: (line) => console.log(`${String(Math.round((Date.now() - begunMs) / 1000)).padStart(4)} s  ${line}`),
};

function numberOf(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (/^\d+$/.test(text)) return Number(text);
  throw new RangeError(`${text} is not a whole number`);
}

if (values.help === true) {
  console.log(USAGE);
} else {
  console.log(`The seed is ${options.seed}.`);
  const { report, text } = await runChaos(options);
  console.log(text);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
  process.exitCode = report.passed ? 0 : 1;
}
