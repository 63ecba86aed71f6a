import { afterAll, beforeAll, expect, it } from "vitest";
import { type CommitProxy, startCommitProxy } from "../testing/start-commit-proxy.ts";
import { startTransferProcess, type TransferProcess } from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { exportJourney, importJourney, type Journey } from "../testing/transfer-journeys.ts";

const TIMEOUT_MS = 240_000;

let world: TransferWorld;
let proxy: CommitProxy;
let process: TransferProcess;

beforeAll(async () => {
  world = await startTransferWorld();
  proxy = await startCommitProxy(world.database.connectionString);
  process = await startTransferProcess({
    ...world,
    database: { connectionString: proxy.connectionString },
  });
  process.transfers.startWorker();
});
afterAll(async () => {
  proxy.loseOnly(null);
  await process.stop();
  await proxy.close();
  await world.stop();
});

const parts = () => ({ world, process, email: "alice@example.com" });

/** Runs a journey once for every transaction that it commits, with the answer to that commit lost. */
async function loseEachCommit(make: () => Promise<Journey>) {
  const clean = await make();
  proxy.loseOnly(null);
  await clean.begin();
  expect(await clean.faultsAtEnd()).toEqual([]);
  const faults: string[] = [];
  const lost: string[] = [];
  const { commits } = proxy;
  for (let number = 1; number <= commits; number += 1) {
    const journey = await make();
    proxy.loseOnly(number);
    // Whoever orders a job and hears nothing may not know that it is there; it is all the same.
    await journey.begin().catch(() => undefined);
    for (const fault of await journey.faultsAtEnd()) faults.push(`commit ${number}: ${fault}`);
    lost.push(proxy.lostStatements);
    proxy.loseOnly(null);
  }
  return { faults, lost };
}

const nameIn = (lost: readonly string[], statement: string) =>
  lost.some((statements) => statements.includes(statement));

it("an import is done once, whichever of its commits is not answered", { timeout: TIMEOUT_MS }, async () => {
  const { faults, lost } = await loseEachCommit(() => importJourney(parts()));
  expect(faults).toEqual([]);
  expect(nameIn(lost, `insert into "transfer_jobs"`)).toBe(true);
  expect(nameIn(lost, `update "transfer_chunks" set "fencing_token"`)).toBe(true);
  expect(nameIn(lost, `insert into "images"`)).toBe(true);
});

it("an export is done once, whichever of its commits is not answered", { timeout: TIMEOUT_MS }, async () => {
  const { faults, lost } = await loseEachCommit(() => exportJourney(parts(), [20_000, 30_000]));
  expect(faults).toEqual([]);
  expect(nameIn(lost, `insert into "transfer_jobs"`)).toBe(true);
  expect(nameIn(lost, `update "transfer_chunks" set "fencing_token"`)).toBe(true);
});
