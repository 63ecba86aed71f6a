import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ environment: { ROLES: "api" } });
});
afterAll(() => app.stop());

const ask = (path: string, at = app) => at.request("GET", path, { apiKey: null });

it("readiness says when images cannot be stored, while the process is alive", async () => {
  expect((await ask("/readyz")).status).toBe(200);
  const blobs = join(app.config.dataDir, "blobs");
  await rm(blobs, { recursive: true, force: true });
  await mkdir(blobs, { recursive: true });
  await writeFile(join(blobs, "staging"), "a file where a folder should be");
  const other = await startTestApp({ beside: app, environment: { ROLES: "api" } });
  try {
    const { status, body } = await ask("/readyz", other);
    expect([status, body.error.code]).toEqual([503, "storage_unavailable"]);
    expect((await ask("/livez", other)).status).toBe(200);
  } finally {
    await other.stop();
  }
});
