import { createSandbox } from "@driveway/sandbox";
import { expect, test } from "vitest";
import { figuresTable, measure } from "./measure.ts";

test("the table tells rates in megabytes of a million bytes", () => {
  const figures = { step: "import", files: 200, sizeBytes: 50_000_000, seconds: 2, driveCalls: 204 };
  const cells = figuresTable([figures])
    .split("\n")
    .at(-1)
    ?.split(/\s{2,}/);
  expect(cells).toEqual(["import", "200", "50.0", "2.00", "100", "25.0", "204"]);
});

test("a step without bytes has no size and no rate of bytes", () => {
  const figures = { step: "list", files: 300, sizeBytes: 0, seconds: 0.5, driveCalls: 1 };
  const cells = figuresTable([figures])
    .split("\n")
    .at(-1)
    ?.split(/\s{2,}/);
  expect(cells).toEqual(["list", "300", "0.50", "600", "1"]);
});

test("only requests to the Drive during the step are counted", async () => {
  const sandbox = await createSandbox({ library: "none" });
  try {
    const ask = async (path: string) => (await fetch(`${sandbox.origin}${path}`)).status;
    await ask("/drive/v3/files");
    const step = { step: "ask", files: 1, sizeBytes: 0, sandbox };
    const { result, figures } = await measure({ ...step, work: () => ask("/drive/v3/about") });
    expect(result).toBeGreaterThanOrEqual(400);
    expect(figures.driveCalls).toBe(1);
  } finally {
    await sandbox.close();
  }
});
