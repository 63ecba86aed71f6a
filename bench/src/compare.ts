import { median } from "./median.ts";

const RUNS = 3;

/** What was measured, beside the floor of the same run of the bench. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  /** The medians; the floor is null where there is none to compare with. */
  readonly sandbox: number;
  readonly floor: number | null;
  /** What the medians are of. */
  readonly sandboxRuns: readonly number[];
  readonly floorRuns: readonly number[];
}

/**
 * Measures the sandbox and the floor in turns, so that whatever else the machine does is borne by both. The first turn
 * warms both up and is thrown away.
 */
export async function compare(
  { name, unit }: { readonly name: string; readonly unit: string },
  measure: { readonly sandbox: () => Promise<number>; readonly floor: () => Promise<number> },
): Promise<Figure> {
  const sandboxRuns: number[] = [];
  const floorRuns: number[] = [];
  await measure.sandbox();
  await measure.floor();
  for (let run = 0; run < RUNS; run += 1) {
    sandboxRuns.push(await measure.sandbox());
    floorRuns.push(await measure.floor());
  }
  return { name, unit, sandbox: median(sandboxRuns), floor: median(floorRuns), sandboxRuns, floorRuns };
}

/** A figure without a floor, from one run or several. */
export function figure(name: string, unit: string, sandboxRuns: readonly number[]): Figure {
  return { name, unit, sandbox: median(sandboxRuns), floor: null, sandboxRuns, floorRuns: [] };
}
