import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

const ROOT = new URL("../", import.meta.url);
/** `threat | defence | file › test`, as a row of the table. */
const ROW = /^\| (?<threat>[^|]+) \| (?<defence>[^|]+) \| `(?<file>[^`]+\.test\.ts)` › (?<name>[^|]+) \|$/;

interface Row {
  readonly threat: string;
  readonly file: string;
  readonly name: string;
}

async function rows(): Promise<Row[]> {
  const page = await readFile(new URL("docs/security.md", ROOT), "utf8");
  const lines = page.split("\n").filter((line) => line.startsWith("| ") && line.includes(".test.ts"));
  return lines.map((line) => {
    const { threat = "", file = "", name = "" } = ROW.exec(line)?.groups ?? {};
    expect(name, `a row that cannot be read: ${line}`).not.toBe("");
    return { threat, file, name };
  });
}

/** Whether a test of this very name stands in the source; a name made from data is written as in its template. */
function hasTest(source: string, name: string): boolean {
  return [`"${name}"`, `'${name}'`, `\`${name}\``].some((quoted) =>
    new RegExp(`\\b(?:it|test)(?:\\.\\w+(?:\\([\\s\\S]*?\\))?)?\\(\\s*${literally(quoted)}`).test(source),
  );
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

it("every threat of docs/security.md names a test that exists, each another one", async () => {
  const found = await rows();
  expect(found.length).toBeGreaterThan(40);
  const missing: string[] = [];
  for (const { threat, file, name } of found) {
    const source = await readFile(new URL(file, ROOT), "utf8").catch(() => "");
    if (!hasTest(source, name)) missing.push(`${threat}: ${file} › ${name}`);
  }
  expect(missing).toEqual([]);
  const names = found.map(({ file, name }) => `${file} › ${name}`);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
