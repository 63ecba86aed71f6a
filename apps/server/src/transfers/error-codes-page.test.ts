import { readFile } from "node:fs/promises";
import { ERROR_CODES } from "@driveway/contract";
import { beforeAll, describe, expect, it } from "vitest";
import { ITEM_ERRORS } from "./item-errors.ts";

const PAGE = new URL("../../../../docs/error-codes.md", import.meta.url);

let requests: string[][];
let files: string[][];

beforeAll(async () => {
  const page = await readFile(PAGE, "utf8");
  requests = rowsBelow(page, "## Of requests");
  files = rowsBelow(page, "## Of files");
});

/** The cells of the table in the section of that heading, its head left out. */
function rowsBelow(page: string, heading: string): string[][] {
  const [, section = ""] = page.split(`${heading}\n`);
  const [body = ""] = section.split("\n## ");
  const lines = body.split("\n").filter((line) => line.startsWith("| `"));
  return lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe("the page of error codes", () => {
  it("has every code of a request with its status and meaning, and no other", () => {
    const known = Object.entries(ERROR_CODES).map(
      ([code, { status, meaning }]) => `\`${code}\` | ${status} | ${meaning}`,
    );
    expect(requests.map((row) => row.slice(0, 3).join(" | ")).toSorted()).toEqual(known.toSorted());
  });

  it("has every code of a file with the sentence that people are told, and no other", () => {
    const known = Object.entries(ITEM_ERRORS).map(([code, sentence]) => `\`${code}\` | ${sentence}`);
    expect(files.map((row) => row.slice(0, 2).join(" | ")).toSorted()).toEqual(known.toSorted());
  });

  it("says of each whether it is repeated, and what helps", () => {
    for (const row of [...requests, ...files]) {
      expect(row.at(-2)).toMatch(/^(yes|no)$/);
      expect(row.at(-1)).toMatch(/^[A-Z].+\.$/);
    }
  });
});
