import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { AUDIT_ACTIONS } from "./record-event.ts";

const PAGE = new URL("../../../../../docs/audit-log.md", import.meta.url);

it("every action stands on the page for people with its meaning, and no other does", async () => {
  const page = await readFile(PAGE, "utf8");
  const written = page.split("\n").filter((line) => /^\| `[a-z_.]+` \| /.test(line));
  const known = Object.entries(AUDIT_ACTIONS).map(([action, meaning]) => `| \`${action}\` | ${meaning} |`);
  expect(written.toSorted()).toEqual(known.toSorted());
});
