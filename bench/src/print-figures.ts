import type { Figure } from "./compare.ts";

const NAME_WIDTH = 72;
const NUMBER_WIDTH = 11;
const UNIT_WIDTH = 11;

/** Prints figures as a table: the sandbox, the floor, and the one divided by the other. */
export function printFigures(figures: readonly Figure[]): void {
  console.log(row("", "unit", ["sandbox", "floor", "ratio"]));
  for (const { name, unit, sandbox, floor } of figures) {
    const ratio = floor === null ? "" : (sandbox / floor).toFixed(2);
    console.log(row(name, unit, [written(sandbox), floor === null ? "" : written(floor), ratio]));
  }
}

function row(name: string, unit: string, numbers: readonly string[]): string {
  const cells = numbers.map((number) => number.padStart(NUMBER_WIDTH));
  return name.padEnd(NAME_WIDTH) + unit.padEnd(UNIT_WIDTH) + cells.join("");
}

function written(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(1);
}
