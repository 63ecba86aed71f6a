import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { idempotencyKeys, images, transferJobs } from "../../db/index.ts";
import { addPictures } from "../../testing/add-pictures.ts";
import { ask } from "../../testing/ask.ts";
import { connectDrive } from "../../testing/connect-account.ts";
import { findInconsistencies } from "../../testing/find-inconsistencies.ts";
import { openDatabase } from "../../testing/open-database.ts";
import { freePort, startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import { testPictures } from "../../testing/test-pictures.ts";

const PROGRAM = fileURLToPath(new URL("../../../bin/driveway.js", import.meta.url));
const path = "/api/v2/cloud-storage/import";

/** Another process of the same service, which answers requests and is killed as a crash would. */
async function spawnNode(app: TestApp) {
  const port = await freePort();
  const { sandbox, database, config } = app;
  const child = spawn(process.execPath, [PROGRAM], {
    stdio: ["ignore", "pipe", "ignore"],
    env: {
      PATH: process.env.PATH ?? "",
      PORT: String(port),
      ROLES: "api",
      DATA_DIR: config.dataDir,
      DATABASE_URL: database.connectionString,
      ENCRYPTION_KEYS: app.encryptionKeys
        .map(({ id, secret }) => `${id}:${secret.toString("base64")}`)
        .join(),
      GOOGLE_CLIENT_ID: sandbox.clientId,
      GOOGLE_CLIENT_SECRET: sandbox.clientSecret,
      GOOGLE_ISSUER: sandbox.issuer,
      GOOGLE_API_ROOT: sandbox.apiRoot,
    },
  });
  const exited = once(child, "exit");
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return {
    url: `http://127.0.0.1:${port}`,
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

it("a process that is killed while its request waits leaves one job, which a repetition is answered from", {
  timeout: 60_000,
}, async () => {
  const app = await startTestApp({ environment: { ROLES: "api" } });
  onTestFinished(() => app.stop());
  const opened = openDatabase(app.database);
  onTestFinished(() => opened.close());
  const connectionId = await connectDrive(app);
  const files = addPictures(app.sandbox, { pictures: await testPictures({ count: 3 }) });
  const order = {
    method: "POST",
    path,
    apiKey: app.apiKey,
    headers: { "idempotency-key": "the-only-one" },
    body: { connection_id: connectionId, files },
  };
  const doomed = await spawnNode(app);
  const lost = ask({ url: doomed.url, ...order });
  const failure = expect(lost).rejects.toThrow();
  await expect.poll(() => opened.db.$count(idempotencyKeys), { timeout: 20_000 }).toBe(1);
  await doomed.kill();
  await failure;
  expect((await ask({ url: app.url, ...order })).body.error.code).toBe("idempotency_key_in_flight");

  const worker = await startTestApp({ beside: app, environment: { ROLES: "worker" } });
  onTestFinished(() => worker.stop());
  const repeat = () => ask({ url: app.url, ...order });
  await expect.poll(async () => (await repeat()).status, { timeout: 30_000, interval: 200 }).toBe(200);
  const { body } = await repeat();
  expect(body).toMatchObject({ is_async: false, message: "3 files imported successfully" });
  expect([await opened.db.$count(transferJobs), await opened.db.$count(images)]).toEqual([1, 3]);
  const blobDirectory = join(app.config.dataDir, "blobs");
  expect(await findInconsistencies({ database: app.database, blobDirectory })).toEqual([]);
});
