import type { Fault } from "@driveway/sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTransferProcess, type TransferProcess } from "../testing/start-transfer-process.ts";
import { startTransferWorld, type TransferWorld } from "../testing/start-transfer-world.ts";
import { exportJourney, importJourney, type Journey } from "../testing/transfer-journeys.ts";

const TIMEOUT_MS = 240_000;
/** Everybody has an account, so that a fault meets one of them. */
const PEOPLE = Array.from({ length: 32 }, (_, number) => `person${number}@example.com`);
/** Journeys that go on at a time. */
const AT_ONCE = 12;
const SMALL_FILES = [20_000, 30_000];

const STATUSES: readonly Fault[] = [
  { kind: "status", status: 401, reason: "authError" },
  { kind: "status", status: 403, reason: "userRateLimitExceeded" },
  { kind: "status", status: 403, reason: "rateLimitExceeded", retryAfterSeconds: 1 },
  { kind: "status", status: 429, reason: "rateLimitExceeded" },
  { kind: "status", status: 429, reason: "rateLimitExceeded", retryAfterSeconds: 1, retryAfterAsDate: true },
  { kind: "status", status: 500 },
  { kind: "status", status: 502, body: "html" },
  { kind: "status", status: 503, body: "empty" },
  { kind: "status", status: 503, retryAfterSeconds: 1 },
  { kind: "status", status: 504 },
  { kind: "status", status: 408, body: "html" },
];

const ANSWERS: readonly Fault[] = [
  { kind: "html" },
  { kind: "reset" },
  { kind: "reset", afterBytes: 20 },
  { kind: "stall" },
  { kind: "stall", afterBytes: 20 },
  { kind: "never" },
  { kind: "truncate", afterBytes: 20 },
  { kind: "wrongLength", byBytes: 7 },
  { kind: "wrongLength", byBytes: -7 },
  { kind: "wrongLength" },
  { kind: "lostAnswer" },
  { kind: "slow", bytesPerSecond: 100_000 },
  { kind: "latency", ms: 300 },
];

const OF_DOWNLOADS: readonly Fault[] = [
  { kind: "flipByte", atByte: 100 },
  { kind: "redirect", status: 302 },
  { kind: "redirect", status: 307 },
];

const OF_REQUESTS: readonly Fault[] = [
  { kind: "reset", afterRequestBytes: 300 },
  { kind: "slow", bytesPerSecond: 20_000_000, of: "request" },
];

const OF_CHUNKS: readonly Fault[] = [
  { kind: "reset", afterRequestBytes: 700_000 },
  { kind: "withhold" },
  { kind: "partialPersist", keptBytes: 512 * 1024 },
];

/** The token endpoint says 401 of the client alone, and knows no limits of Drive. One silence of its own is enough. */
const OF_TOKENS = [
  ...STATUSES.filter((fault) => fault.kind === "status" && (fault.status ?? 0) >= 500),
  ...ANSWERS.filter((fault) => fault.kind !== "stall"),
];

const ROUTES: readonly (readonly [string, "import" | "export", readonly Fault[]])[] = [
  ["batch", "import", [...STATUSES, ...ANSWERS]],
  ["files.get", "import", STATUSES],
  ["files.get.media", "import", [...STATUSES, ...ANSWERS, ...OF_DOWNLOADS]],
  ["generateIds", "export", [...STATUSES, ...ANSWERS]],
  ["files.create", "export", [...STATUSES, ...ANSWERS, ...OF_REQUESTS.slice(1)]],
  ["upload.multipart", "export", [...STATUSES, ...ANSWERS, ...OF_REQUESTS]],
  ["upload.resumable.start", "export", [...STATUSES, ...ANSWERS.slice(0, 2), { kind: "lostAnswer" }]],
  ["upload.resumable.chunk", "export", [...STATUSES, ...ANSWERS, ...OF_REQUESTS, ...OF_CHUNKS]],
];

let world: TransferWorld;
let process: TransferProcess;

beforeAll(async () => {
  world = await startTransferWorld({ accounts: PEOPLE.map((email) => ({ email })) });
  process = await startTransferProcess(world, { limits: { transferIdleTimeoutMs: 1000 } });
  process.transfers.startWorker();
});
afterAll(async () => {
  await process.stop();
  await world.stop();
});

function makeJourney(route: string, type: "import" | "export", email: string): Promise<Journey> {
  const parts = { world, process, email };
  if (type === "import") return importJourney(parts);
  return route.startsWith("upload.resumable") ? exportJourney(parts) : exportJourney(parts, SMALL_FILES);
}

/** Lets one fault befall one request of one person's journey; null when it came to its end with every byte. */
async function faultOf(run: {
  readonly route: string;
  readonly type: "import" | "export";
  readonly fault: Fault;
  readonly email: string | null;
}): Promise<string | null> {
  const { route, fault, email } = run;
  const plan = world.sandbox.faults;
  const journey = await makeJourney(route, run.type, email ?? "alice@example.com");
  const whose = email === null ? {} : { email };
  const id = plan.add({ route, ...whose, times: 1, fault });
  await journey.begin();
  const faults = await journey.faultsAtEnd();
  const hits = plan.plan.rules.find((rule) => rule.id === id)?.hits ?? 0;
  plan.remove(id);
  if (hits === 0) faults.push("no request met it");
  return faults.length === 0 ? null : `${JSON.stringify(fault)}: ${faults.join("; ")}`;
}

async function inTurns<T>(work: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  const queue = work.entries();
  const lane = async (): Promise<void> => {
    for (const [index, each] of queue) results[index] = await each();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return results;
}

describe("one fault", () => {
  it.each(ROUTES)(
    "of %s, whatever its kind, costs an %s no file and no byte",
    {
      timeout: TIMEOUT_MS,
    },
    async (route, type, faults) => {
      const runs = faults.map(
        (fault, index) => () => faultOf({ route, type, fault, email: PEOPLE[index] ?? null }),
      );
      expect((await inTurns(runs)).filter((found) => found !== null)).toEqual([]);
    },
  );

  it("of oauth.token, whatever its kind, costs an import no file and no byte", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const found: string[] = [];
    // Whose token is asked for stands in the body, so a fault would meet anybody: one after another.
    for (const fault of OF_TOKENS) {
      const said = await faultOf({ route: "oauth.token", type: "import", fault, email: null });
      if (said !== null) found.push(said);
    }
    expect(found).toEqual([]);
  });
});
