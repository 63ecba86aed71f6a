import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { SECRETS, Variables } from "./config.ts";

const PAGE = new URL("../../../docs/configuration.md", import.meta.url);
const NAME = /`([A-Z][A-Z_]+)`( \*)?/g;

interface Setting {
  readonly name: string;
  readonly isSecret: boolean;
  /** As the page has it. */
  readonly fallback: string;
}

/** The settings of the page's tables; some rows have several, with as many defaults or one for all. */
function settingsIn(page: string): Setting[] {
  const rows = page
    .split("\n")
    .filter((line) => /^\| `[A-Z][A-Z_]+`/.test(line))
    .map((line) => line.split(" | "));
  return rows.flatMap(([names = "", defaults = ""]) => {
    const found = [...names.matchAll(NAME)];
    const listed = found.length === 1 ? [defaults] : defaults.split(", ");
    return found.map(([, name = "", star], index) => ({
      name,
      isSecret: star !== undefined,
      fallback: (listed[index] ?? defaults).replaceAll("`", ""),
    }));
  });
}

/** What the code takes when nothing is set, as the page would write it; null where it depends on more. */
function fallbackOf(name: string): string | null {
  const value = Object.entries(Variables.parse({})).find(([key]) => key === name)?.[1];
  if (value === undefined) return null;
  return value === "" || (Array.isArray(value) && value.length === 0) ? "none" : String(value);
}

it("the page on configuration has every setting with its default and whether it is a secret, and no other", async () => {
  const page = settingsIn(await readFile(PAGE, "utf8"));
  const known = Object.keys(Variables.shape).map((name) => ({
    name,
    isSecret: SECRETS.some((secret) => secret === name),
    fallback: fallbackOf(name) ?? page.find((one) => one.name === name)?.fallback,
  }));
  const byName = (one: { readonly name: string }, other: { readonly name: string }) =>
    one.name.localeCompare(other.name);
  expect(page.toSorted(byName)).toEqual(known.toSorted(byName));
});
