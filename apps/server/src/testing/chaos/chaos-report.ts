import type { ChaosOptions } from "./chaos-options.ts";
import type { ExportsReport } from "./check-exports.ts";
import type { ImportsReport } from "./check-imports.ts";
import type { MemoryPeaks } from "./fleet.ts";
import type { MayhemReport } from "./mayhem.ts";

const MIB = 1024 * 1024;

/** What a run came to. */
export interface ChaosReport {
  readonly seed: number;
  readonly passed: boolean;
  readonly violations: readonly string[];
  readonly orders: number;
  readonly imports: ImportsReport;
  readonly exports: ExportsReport;
  readonly blobs: {
    readonly count: number;
    readonly bytes: number;
    readonly orphans: number;
    /** Those of killed workers that the sweep took away. */
    readonly swept: number;
  };
  readonly mayhem: MayhemReport;
  /** Requests that the sandbox got, and how many of them met which fault. */
  readonly requests: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly samples: { readonly database: number; readonly replies: number };
  /** The most that all processes used at a moment, and that one of them did; PostgreSQL and the sandbox aside. */
  readonly memory: MemoryPeaks;
  readonly seconds: number;
  /** What `driveway doctor --deep` said. */
  readonly doctor: string;
}

/** Says a report in sentences. */
export function reportSentences(report: ChaosReport, options: ChaosOptions): string {
  const { imports, exports: exported, mayhem, samples, memory } = report;
  const faults = Object.entries(report.faults).map(([kind, count]) => `${count} ${kind}`);
  const met = Object.values(report.faults).reduce((sum, count) => sum + count, 0);
  const lines = [
    `${report.passed ? "Every promise held" : `${report.violations.length} promises were broken`} (seed ${report.seed}, ${report.seconds} s).`,
    `${report.orders} jobs: ${imports.images} images of ${options.files} pictures (${imports.known} were known), ${imports.refused} files refused for what they are, shortcuts ${imports.shortcuts}.`,
    `${exported.files} of ${options.exports} files exported into ${exported.folders} folders.`,
    `Doubles: ${imports.doubles + exported.doubles}. Losses: ${imports.losses + exported.losses}. Blobs: ${report.blobs.count}, ${mebibytes(report.blobs.bytes)}, ${report.blobs.swept} of killed workers swept, ${report.blobs.orphans} that no image names.`,
    `${mayhem.workerKills} workers and ${mayhem.apiKills} API processes killed, PostgreSQL restarted ${mayhem.postgresRestarts} times.`,
    `${met} of ${report.requests} requests met a fault: ${faults.join(", ")}.`,
    `${samples.database} samples of the database and ${samples.replies} replies of the API compared.`,
    `Peak memory: ${mebibytes(memory.allBytes)} of all processes at a moment, ${memoryOf(memory.api)} of one of the API, ${memoryOf(memory.worker)} of a worker, PostgreSQL aside.`,
    `The doctor says: ${report.doctor}`,
    ...report.violations.map((sentence) => `BROKEN: ${sentence}`),
  ];
  return lines.join("\n");
}

function memoryOf({ bytes, ownBytes, threads }: MemoryPeaks["api"]): string {
  return `${mebibytes(bytes)} (${mebibytes(ownBytes)} its own, ${threads} threads)`;
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / MIB)} MiB`;
}
