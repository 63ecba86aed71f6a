import { expect, test } from "vitest";
import { progressBar, showProgress } from "./progress.ts";

function collect(isTTY: boolean) {
  const written: string[] = [];
  return { written, output: { isTTY, write: (text: string) => written.push(text) } };
}

test("the bar is as full as the work is done", () => {
  expect(progressBar({ label: "Importing", done: 5, total: 20, width: 8 })).toBe("Importing  ██░░░░░░  5/20");
});

test("the bar is full only when everything is done", () => {
  expect(progressBar({ label: "a", done: 199, total: 200, width: 10 })).toContain("█████████░");
  expect(progressBar({ label: "a", done: 200, total: 200, width: 10 })).toContain("██████████");
});

test("off a terminal each quarter is told once, without control characters", () => {
  const { written, output } = collect(false);
  const progress = showProgress({ output, label: "Importing", total: 200 });
  for (const done of [0, 10, 60, 70, 120, 200, 200]) progress.advance(done);
  progress.end();
  expect(written).toEqual(["  Importing 60/200\n", "  Importing 120/200\n", "  Importing 200/200\n"]);
});

test("on a terminal the line is drawn anew and removed at the end", () => {
  const { written, output } = collect(true);
  const progress = showProgress({ output, label: "Importing", total: 2 });
  progress.advance(1);
  progress.end();
  expect(written).toHaveLength(2);
  expect(written[0]).toContain("1/2");
  expect(written[1]).toBe("\r\u001b[2K");
});
