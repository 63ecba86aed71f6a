import { afterAll, beforeAll, expect, it } from "vitest";
import { addPictures } from "../testing/add-pictures.ts";
import { connectAccount } from "../testing/connect-account.ts";
import { makePerson } from "../testing/make-person.ts";
import { spawnTransferWorker } from "../testing/spawn-transfer-worker.ts";
import { startTransferProcess, type TransferProcess } from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { testPictures } from "../testing/test-pictures.ts";

/** The promise to the items of a worker that was killed. */
const PROMISED_MS = 15_000;

let world: TransferWorld;
let process: TransferProcess;

beforeAll(async () => {
  world = await startTransferWorld();
  process = await startTransferProcess(world);
});
afterAll(async () => {
  await process.stop();
  await world.stop();
});

it("the files of a killed worker run elsewhere within fifteen seconds, those of every job", {
  timeout: 90_000,
}, async () => {
  const { principal } = await makePerson(process.db);
  const connectionId = await connectAccount(process.connections, { principal, email: "alice@example.com" });
  world.sandbox.faults.add({ route: "files.get.media", fault: { kind: "slow", bytesPerSecond: 500 } });
  const doomed = await spawnTransferWorker(world);
  for (const count of [3, 40, 300]) {
    const files = addPictures(world.sandbox, { pictures: await testPictures({ count, sizeBytes: 50_000 }) });
    const order = { principal, connectionId, tags: [], collectionId: null, autoDescribe: false };
    await process.transfers.startImport({ ...order, files });
  }
  const requested = () => world.sandbox.requests.find({ kind: "files.get.media" });
  await expect.poll(() => requested().length, { timeout: 20_000 }).toBeGreaterThan(40);
  const heir = await spawnTransferWorker(world);
  await doomed.kill();
  const cutOff = [...new Set(requested().map(({ fileId }) => fileId))];
  const again = () => {
    const ids = requested().map(({ fileId }) => fileId);
    return cutOff.filter((id) => ids.indexOf(id) === ids.lastIndexOf(id));
  };
  await expect.poll(again, { timeout: PROMISED_MS }).toEqual([]);
  await heir.kill();
});
