import { expect, it } from "vitest";
import { SHORT_RUN } from "./chaos-options.ts";
import { runChaos } from "./run-chaos.ts";

it("imports and exports keep every promise while requests fail and processes die", {
  timeout: SHORT_RUN.limitMs + 120_000,
}, async () => {
  const seed = Number(process.env.CHAOS_SEED ?? SHORT_RUN.seed);
  const { report, text } = await runChaos({ ...SHORT_RUN, seed });
  expect(report.violations, text).toEqual([]);
  expect(report.mayhem).toMatchObject({ apiKills: 1, postgresRestarts: 2 });
  expect(report.mayhem.workerKills).toBeGreaterThan(2);
  expect(report.imports).toMatchObject({ doubles: 0, losses: 0 });
  expect(report.exports).toMatchObject({ doubles: 0, losses: 0, files: SHORT_RUN.exports });
});
