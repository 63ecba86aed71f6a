import { afterAll, beforeAll, expect, it } from "vitest";
import { idempotencyKeys, transferJobs } from "../../db/index.ts";
import type { Principal } from "../../identity/index.ts";
import { connectAccount } from "../../testing/connect-account.ts";
import { makePerson } from "../../testing/make-person.ts";
import { startTransferProcess, type TransferProcess } from "../../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../../testing/start-transfer-world.ts";
import { KeyTakenError } from "./repeatable.ts";

let world: TransferWorld;
let process: TransferProcess;
let principal: Principal;
let connectionId: string;

beforeAll(async () => {
  world = await startTransferWorld();
  process = await startTransferProcess(world);
  ({ principal } = await makePerson(process.db));
  connectionId = await connectAccount(process.connections, { principal, email: "alice@example.com" });
});
afterAll(async () => {
  await process.stop();
  await world.stop();
});

function start(key: string, name: string) {
  return process.transfers.startImport({
    principal,
    connectionId,
    files: [{ id: "file_1", name }],
    tags: [],
    collectionId: null,
    autoDescribe: false,
    repeatable: { operation: "importFiles", key, requestSha256: Buffer.alloc(32), waitMs: 0 },
  });
}

const counts = async () => [await process.db.$count(transferJobs), await process.db.$count(idempotencyKeys)];

it("a key and its job are written together, or neither is", async () => {
  // PostgreSQL refuses the name after the key has been written.
  await expect(start("one", "no\u0000name.jpg")).rejects.toThrow();
  expect(await counts()).toEqual([0, 0]);
  await start("one", "a.jpg");
  expect(await counts()).toEqual([1, 1]);
});

it("of many that write the same key at once one makes a job", async () => {
  const [jobs = 0] = await counts();
  const starts = await Promise.allSettled(Array.from({ length: 12 }, () => start("two", "a.jpg")));
  const refused = starts.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  expect(refused).toHaveLength(11);
  for (const error of refused) {
    const isKnown =
      error instanceof KeyTakenError || (error as { code?: string }).code === "idempotency_key_in_flight";
    expect(isKnown).toBe(true);
  }
  expect((await counts())[0]).toBe(jobs + 1);
});
