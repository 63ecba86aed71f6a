import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const PROGRAM = `
  import { DrizzleQueryError } from "drizzle-orm/errors";
  import { createLog } from ${JSON.stringify(new URL("log.ts", import.meta.url).href)};
  const log = createLog({ level: "info", pretty: false });
  const query = new DrizzleQueryError("select $1", ["a-session-token"], new Error("the connection broke"));
  log.error({ err: query }, "first");
  log.child({}).error({ err: new Error("outside", { cause: query }) }, "second");
  const wrapped = Object.assign(new Error("wrapped"), { body: { message: "in a body", cause: query } });
  log.error({ err: wrapped }, "third");
`;

it("tells of a query that failed without the values that it carried", async () => {
  const { stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", PROGRAM], {
    cwd: import.meta.dirname,
  });
  expect(stderr).toContain("Failed query: select $1");
  expect(stderr).toContain("outside");
  expect(stderr).toContain("the connection broke");
  expect(stderr).toContain("in a body");
  expect(stderr).not.toContain("a-session-token");
});
