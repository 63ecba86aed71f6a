import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { REASONS_ACROSS_TENANTS } from "./across-tenants.ts";

const SERVER = join(import.meta.dirname, "..");

async function calls(): Promise<string[]> {
  const names = await readdir(SERVER, { recursive: true });
  const sources = names.filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const texts = await Promise.all(sources.map((name) => readFile(join(SERVER, name), "utf8")));
  return texts.flatMap((text) =>
    [...text.matchAll(/acrossTenants\("(\w+)"\)/g)].map(([, name = ""]) => name),
  );
}

it("every reason to go across tenants is used, and is one sentence that cannot end its comment", async () => {
  expect(new Set(await calls()).size).toBe(REASONS_ACROSS_TENANTS.size);
  for (const reason of REASONS_ACROSS_TENANTS) expect(reason).toMatch(/^[a-z][a-z0-9', ]{20,110}$/);
});
