import type { Sandbox } from "@driveway/sandbox";
import { type Column, formatTable } from "./table.ts";

/** What one step took. */
export interface Figures {
  readonly step: string;
  readonly files: number;
  readonly sizeBytes: number;
  readonly seconds: number;
  /** Calls that the Drive answered, as its quota counts them: each one within a batch, and none for signing in. */
  readonly driveCalls: number;
}

/** Runs one step and takes its time and its calls. `files` and `sizeBytes` are what the step is about. */
export async function measure<Result>(params: {
  step: string;
  files: number;
  sizeBytes: number;
  sandbox: Sandbox;
  work: () => Promise<Result>;
}): Promise<{ result: Result; figures: Figures }> {
  const { step, files, sizeBytes, sandbox, work } = params;
  const mark = sandbox.requests.mark();
  const startMs = performance.now();
  const result = await work();
  const seconds = (performance.now() - startMs) / 1000;
  const isCall = (kind: string) => kind !== "batch" && !kind.startsWith("oauth.");
  const driveCalls = sandbox.requests.since(mark).filter(({ kind }) => isCall(kind)).length;
  return { result, figures: { step, files, sizeBytes, seconds, driveCalls } };
}

const COLUMNS: readonly Column[] = [
  { title: "", side: "left" },
  { title: "files", side: "right" },
  { title: "MB", side: "right" },
  { title: "seconds", side: "right" },
  { title: "files/s", side: "right" },
  { title: "MB/s", side: "right" },
  { title: "Drive calls", side: "right" },
];

/** The figures of all steps as a table. A megabyte is 1,000,000 bytes. */
export function figuresTable(all: readonly Figures[]): string {
  const rows = all.map(({ step, files, sizeBytes, seconds, driveCalls }) => {
    const megabytes = sizeBytes / 1_000_000;
    const rates = [(files / seconds).toFixed(0), sizeBytes === 0 ? "" : (megabytes / seconds).toFixed(1)];
    const size = sizeBytes === 0 ? "" : megabytes.toFixed(1);
    return [step, String(files), size, seconds.toFixed(2), ...rates, String(driveCalls)];
  });
  return formatTable(COLUMNS, rows);
}
