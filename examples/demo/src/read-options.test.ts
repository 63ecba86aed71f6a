import { expect, test } from "vitest";
import { readOptions } from "./read-options.ts";

test("without words the demo runs and stops by itself", () => {
  expect(readOptions([])).toEqual({ kind: "run", keep: false });
});

test("--keep leaves it running", () => {
  expect(readOptions(["--keep"])).toEqual({ kind: "run", keep: true });
});

test("--help and -h only show the usage", () => {
  expect(readOptions(["--help", "--keep"])).toEqual({ kind: "help" });
  expect(readOptions(["-h"])).toEqual({ kind: "help" });
});

test.each([["--kep"], ["-x"], ["surplus"], ["--keep=yes"]])("%s is refused by name", (word) => {
  const options = readOptions([word]);
  expect(options.kind).toBe("refused");
  expect(options).toHaveProperty("reason", expect.stringContaining(word.split("=")[0] ?? ""));
});
