import type { FaultRule } from "@driveway/sandbox";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTransferProcess, type TransferProcess } from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { exportJourney, importJourney, type Journey } from "../testing/transfer-journeys.ts";

const EMAIL = "alice@example.com";
const TIMEOUT_MS = 240_000;
/** A break within a chunk, after which the session is asked how far it got. */
const BROKEN_CHUNK: FaultRule = {
  route: "upload.resumable.chunk",
  attempt: 1,
  fault: { kind: "reset", afterRequestBytes: 1_000_000 },
};

let world: TransferWorld;
let process: TransferProcess;

beforeAll(async () => {
  world = await startTransferWorld();
  process = await startTransferProcess(world, { limits: { transferIdleTimeoutMs: 1000 } });
  process.transfers.startWorker();
});
afterAll(async () => {
  await process.stop();
  await world.stop();
});

/** One call of a journey: the n-th of its kind. */
interface Call {
  readonly kind: string;
  readonly number: number;
}

/** Runs a journey and tells which calls it made. */
async function callsOf(journey: Journey): Promise<Call[]> {
  const { requests } = world.sandbox;
  const mark = requests.mark();
  await journey.begin();
  expect(await journey.faultsAtEnd()).toEqual([]);
  const seen = new Map<string, number>();
  // Within a batch no single answer can be lost.
  return requests.find({ since: mark, batched: false }).map(({ kind }) => {
    const number = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, number);
    return { kind, number };
  });
}

/** Runs a journey once for every call that it makes, with the answer of that call lost. */
async function loseEachAnswer(
  make: () => Promise<Journey>,
  given: readonly FaultRule[],
): Promise<{ readonly calls: readonly Call[]; readonly faults: readonly string[] }> {
  const { faults: plan } = world.sandbox;
  const clean = await make();
  plan.replace({ rules: given });
  const calls = await callsOf(clean).finally(() => plan.clear());
  const faults: string[] = [];
  for (const { kind, number } of calls) {
    const journey = await make();
    const lost: FaultRule = { route: kind, every: number, times: 1, fault: { kind: "lostAnswer" } };
    plan.replace({ rules: [lost, ...given] });
    await journey.begin();
    for (const fault of await journey.faultsAtEnd()) faults.push(`${kind} ${number}: ${fault}`);
    if (plan.plan.rules[0]?.hits !== 1) faults.push(`${kind} ${number}: no answer was lost`);
    plan.clear();
  }
  return { calls, faults };
}

const kindsOf = (calls: readonly Call[]) => new Set(calls.map(({ kind }) => kind));

it("no answer that an import loses costs a file or makes a second", { timeout: TIMEOUT_MS }, async () => {
  const { calls, faults } = await loseEachAnswer(() => importJourney({ world, process, email: EMAIL }), []);
  expect(faults).toEqual([]);
  expect(kindsOf(calls)).toEqual(new Set(["oauth.token", "batch", "files.get.media"]));
});

it("no answer that an export loses costs a file or makes a second", { timeout: TIMEOUT_MS }, async () => {
  const { calls, faults } = await loseEachAnswer(() => exportJourney({ world, process, email: EMAIL }), []);
  expect(faults).toEqual([]);
  const kinds = ["oauth.token", "generateIds", "files.create", "upload.multipart"];
  expect([...kindsOf(calls)]).toEqual(
    expect.arrayContaining([...kinds, "upload.resumable.start", "upload.resumable.chunk"]),
  );
});

it("nor does one that is lost behind a broken upload", { timeout: TIMEOUT_MS }, async () => {
  const make = () => exportJourney({ world, process, email: EMAIL });
  const { calls, faults } = await loseEachAnswer(make, [BROKEN_CHUNK]);
  expect(faults).toEqual([]);
  const chunks = calls.filter(({ kind }) => kind === "upload.resumable.chunk");
  expect(chunks.length).toBeGreaterThan(2);
});
