import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const rows = [...readme.matchAll(/^\| (.+?) \| `([\w/.-]+\.test\.ts)`: (.+) \|$/gm)];

describe("the table of the README", () => {
  it("has a row for every thing to imitate", () => {
    expect(rows.length).toBeGreaterThan(80);
  });

  it.each(rows.map(([, what, file, name]) => ({ what, file, name })))(
    "names a test that is there for $what",
    ({ file, name }) => {
      const source = readFileSync(new URL(file ?? "", import.meta.url), "utf8");
      expect(source).toContain(`"${name}"`);
    },
  );
});
