import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readLines } from "./read-lines.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sandbox-lines-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function linesOf(text: string) {
  const path = join(directory, "lines");
  writeFileSync(path, text);
  return [...readLines(path)];
}

describe("the lines of a file", () => {
  it("are read whole, whatever is in them, and say where they end", () => {
    const line = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\n", ""));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const read = linesOf(lines.map((text) => `${text}\n`).join(""));
        expect(read.map(({ text }) => text)).toEqual(lines);
        const ends = lines.map((_, index) => Buffer.byteLength(`${lines.slice(0, index + 1).join("\n")}\n`));
        expect(read.map(({ endsAt }) => endsAt)).toEqual(ends);
      }),
    );
  });

  it("may be longer than what is read at a time, and lie across it", () => {
    const lines = [1, 700_000, 600_000, 3_000_000, 2].map((length) => "é".repeat(length));
    expect(linesOf(lines.map((text) => `${text}\n`).join("")).map(({ text }) => text)).toEqual(lines);
  });

  it("tell that the last one has no end", () => {
    expect(linesOf("one\ntw")).toEqual([
      { text: "one", endsAt: 4, isWhole: true },
      { text: "tw", endsAt: 6, isWhole: false },
    ]);
    expect(linesOf("")).toEqual([]);
  });
});
