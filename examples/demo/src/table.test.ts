import { expect, test } from "vitest";
import { formatTable } from "./table.ts";

test("columns are as wide as their widest cell, and numbers stand on the right", () => {
  const columns = [
    { title: "step", side: "left" },
    { title: "files", side: "right" },
  ] as const;
  expect(
    formatTable(columns, [
      ["import", "200"],
      ["list everything", "1"],
    ]),
  ).toBe(
    [
      "step             files",
      "───────────────  ─────",
      "import             200",
      "list everything      1",
    ].join("\n"),
  );
});

test("a missing cell stays empty and leaves no blanks at the end of a line", () => {
  const columns = [
    { title: "a", side: "left" },
    { title: "b", side: "left" },
  ] as const;
  expect(
    formatTable(columns, [["one"]])
      .split("\n")
      .at(-1),
  ).toBe("one");
});
