import { defineConfig } from "vitest/config";

const TIMEOUT_MS = 30_000;

/** One part of the tests: its name, where its files lie, and what is set up before them. */
function project(name: string, include: readonly string[], globalSetup: readonly string[] = []) {
  return {
    test: {
      name,
      include: [...include],
      globalSetup: [...globalSetup],
      testTimeout: TIMEOUT_MS,
      hookTimeout: TIMEOUT_MS,
      pool: "forks" as const,
    },
  };
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ["default", "./scripts/closing-line-reporter.ts"],
    projects: [
      project("server", ["apps/server/**/*.test.ts"], ["apps/server/src/testing/postgres-global-setup.ts"]),
      project("contract", ["packages/contract/**/*.test.ts"]),
      project("sandbox", ["packages/sandbox/**/*.test.ts"]),
      project("e2e", ["e2e/src/**/*.test.ts"]),
      project("others", [
        "scripts/**/*.test.ts",
        "examples/**/*.test.ts",
        "packages/{client,picker}/**/*.test.ts",
      ]),
    ],
  },
});
