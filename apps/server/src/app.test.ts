import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createApp } from "./app.ts";
import { readConfig } from "./config.ts";
import { type SealingKey, systemClock } from "./platform/index.ts";
import { TEST_ADMIN } from "./testing/start-test-app.ts";
import { createTestDatabase } from "./testing/test-database.ts";
import { testLog } from "./testing/test-log.ts";

it("keeps people signed in when a new sealing key is put in front", async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const dataDir = await mkdtemp(join(tmpdir(), "driveway-test-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const config = readConfig({
    ROLES: "worker",
    DATA_DIR: dataDir,
    GOOGLE_CLIENT_ID: "id",
    GOOGLE_CLIENT_SECRET: "x",
  });
  const { google } = config;
  async function identityWith(encryptionKeys: readonly [SealingKey, ...SealingKey[]]) {
    const { connectionString: databaseUrl } = database;
    if (google === null) throw new Error("no Google client");
    const parts = { config, google, databaseUrl, version: "0.0.0", clock: systemClock, log: testLog() };
    const app = await createApp({ ...parts, encryptionKeys });
    onTestFinished(() => app.stop());
    return app.identity;
  }
  const [older, newer] = ["older", "newer"].map((id) => ({ id, secret: randomBytes(32) }));
  if (older === undefined || newer === undefined) throw new Error("no keys");

  const before = await identityWith([older]);
  await before.bootstrap({ adminEmail: TEST_ADMIN.email, adminPassword: TEST_ADMIN.password, apiKey: null });
  const client = { address: "203.0.113.7", userAgent: "a browser", requestId: "a-request" };
  const { setCookies } = await before.signIn({ ...TEST_ADMIN, client, origin: undefined });
  const cookie = setCookies[0]?.split(";")[0] ?? "";

  const after = await identityWith([newer, older]);
  expect(await after.authenticate({ cookie })).not.toBeNull();
  expect(await (await identityWith([newer])).authenticate({ cookie })).toBeNull();
});
