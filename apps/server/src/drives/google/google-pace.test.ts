import { randomBytes } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { approveConsent, createSandbox, type Sandbox } from "@driveway/sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { paceWindows } from "../../db/index.ts";
import { googleClient } from "../../testing/google-client.ts";
import { openDatabase, type OpenedDatabase } from "../../testing/open-database.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import type { Drive } from "../drive.ts";
import type { AccountState, PaceQuotas } from "../pace/pace-exchange.ts";
import { createPaceStore } from "../pace/pace-store.ts";
import type { DriveWork } from "../pace/permit.ts";
import type { Credential, DriveProvider } from "../provider.ts";
import { createGoogleDrive } from "./create-google-drive.ts";

/** A minute lasts seven and a half seconds here. */
const FASTER = 8;
const REDIRECT_URI = "http://localhost:9/callback";
const UNCOUNTED: PaceQuotas = { userUnitsPerMinute: null, projectUnitsPerMinute: null };
const BULK: DriveWork = { kind: "bulk", unitsLeft: null };
const INTERACTIVE: DriveWork = { kind: "interactive" };
const LIST = { kind: "list", params: { pageSize: "1" } } as const;

const startedMs = performance.now();
const begunMs = Date.now();
const paceTimers = {
  now: () => begunMs + (performance.now() - startedMs) * FASTER,
  after(delayMs: number, run: () => void) {
    const timer = setTimeout(run, delayMs / FASTER);
    return () => clearTimeout(timer);
  },
};
const clock = { now: () => Math.floor(paceTimers.now()) };

let sandbox: Sandbox;
let database: TestDatabase;
let alice: string;
let fileId: string;
let credential: Credential;
const opened: OpenedDatabase[] = [];
const providers: DriveProvider[] = [];

/** One more process on the same database. */
function process(quotas: PaceQuotas): DriveProvider {
  const connection = openDatabase(database);
  opened.push(connection);
  const paceStore = createPaceStore({ db: connection.guarded, now: clock.now });
  const provider = createGoogleDrive({ ...googleClient(sandbox), clock, quotas, paceStore, paceTimers });
  providers.push(provider);
  return provider;
}

let accounts = 0;

/** A drive of the account; in the books of the pace it is another in each test. */
function driveOf(provider: DriveProvider, work: DriveWork, user = `user ${accounts}`): Drive {
  const pace = provider.paceOf({ oauthClientId: "a client", providerUserId: user });
  return provider.openDrive(credential, { pace, work });
}

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await createSandbox({ library: "none", now: clock.now, redirectUris: [REDIRECT_URI] });
  alice = sandbox.accounts[0]?.sub ?? "";
  const file = { name: "a.png", mimeType: "image/png", content: randomBytes(1_000) };
  fileId = sandbox.drive.addFile(alice, file).id;
  const { oauth } = process(UNCOUNTED);
  const codeVerifier = randomBytes(32).toString("base64url");
  const address = { state: "a state", codeVerifier, redirectUri: REDIRECT_URI };
  const back = await approveConsent({ authorizationUrl: await oauth.authorizationUrl(address) });
  const code = back.searchParams.get("code") ?? "";
  const { tokens } = await oauth.exchangeCode({ code, codeVerifier, redirectUri: REDIRECT_URI });
  const lent = { accessToken: tokens.accessToken, version: 1 };
  credential = { current: async () => lent, renew: async () => lent, giveUp: async () => {} };
});

afterEach(() => {
  accounts += 1;
  sandbox.reset();
});

afterAll(async () => {
  for (const provider of providers) await provider.close();
  for (const connection of opened) await connection.close();
  await sandbox.close();
  await database.drop();
});

/** Reads the file's metadata so often, so many times at once. */
async function read(drive: Drive, times: number, atOnce = 8): Promise<void> {
  let left = times;
  const one = async () => {
    while (left > 0) {
      left -= 1;
      await drive.look({ kind: "get", fileId, params: {} });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

/** Whether the processes have told each other that some account has to wait. */
async function isToldToWait(): Promise<boolean> {
  const rows = (await opened[0]?.db.select().from(paceWindows)) ?? [];
  return rows.some(({ state }) => ((state as Partial<AccountState>).blockedUntilMs ?? 0) > clock.now());
}

describe("two processes with one account", () => {
  it("do a job larger than the minute with under 1% of rate answers, and let a picker through meanwhile", async () => {
    const limit = 4_000;
    sandbox.settings.change({ quotas: { userUnitsPerMinute: limit, projectUnitsPerMinute: 5_000 } });
    const quotas = { userUnitsPerMinute: limit, projectUnitsPerMinute: 5_000 };
    const [one, other] = [process(quotas), process(quotas)];
    const both = Promise.all([read(driveOf(one, BULK), 450), read(driveOf(other, BULK), 450)]);
    let isOver = false;
    void both.then(() => {
      isOver = true;
    });
    await expect
      .poll(() => sandbox.quotas.report().users[0]?.calls ?? 0, { timeout: 15_000 })
      .toBeGreaterThan(400);
    await expect(driveOf(one, INTERACTIVE).look(LIST)).resolves.toHaveProperty("files");
    expect(isOver).toBe(false);
    await both;
    const [use] = sandbox.quotas.report().users;
    expect(use?.calls).toBe(901);
    expect(use?.refusedCalls).toBeLessThanOrEqual(9);
    expect(use?.peakUnitsPerMinute).toBeLessThanOrEqual(limit);
  });
});

describe("a rate answer of Google's", () => {
  it("with Retry-After keeps the account away until then, on the other process too, and fails nothing", async () => {
    sandbox.faults.add({
      route: "files.get",
      times: 1,
      fault: { kind: "status", status: 429, retryAfterSeconds: 30 },
    });
    const [one, other] = [process(UNCOUNTED), process(UNCOUNTED)];
    const first = read(driveOf(one, BULK), 5, 1);
    await expect.poll(isToldToWait, { timeout: 5_000, interval: 10 }).toBe(true);
    await Promise.all([first, read(driveOf(other, BULK), 5, 1)]);
    const [refused] = sandbox.requests.find({ status: 429 });
    const untilMs = (refused?.atMs ?? 0) + 30_000;
    const early = sandbox.requests
      .find({ kind: "files.get", status: 200 })
      .filter(({ atMs }) => atMs < untilMs);
    expect(early).toEqual([]);
  });

  it("is never seen by whoever imports, though the limit is far below what was configured", async () => {
    sandbox.settings.change({ quotas: { userUnitsPerMinute: 600 } });
    await read(driveOf(process(UNCOUNTED), BULK), 150);
    const [use] = sandbox.quotas.report().users;
    expect(use?.calls).toBe(150);
    expect(use?.refusedCalls).toBeGreaterThan(0);
  });
});

describe("a download", () => {
  it("has its place until its stream has ended", async () => {
    const pace = process(UNCOUNTED);
    const streams = await Promise.all(
      Array.from({ length: 128 }, () => driveOf(pace, BULK).openFile({ file: { id: fileId } })),
    );
    let isThrough = false;
    const next = driveOf(pace, BULK)
      .openFile({ file: { id: fileId } })
      .then((file) => {
        isThrough = true;
        return file;
      });
    await driveOf(pace, INTERACTIVE).look(LIST);
    expect(isThrough).toBe(false);
    const [first] = streams;
    if (first !== undefined) await buffer(first.stream);
    const last = await next;
    for (const { stream } of [...streams, last]) stream.destroy();
  });
});

describe("an outage of Google's", () => {
  it("has background work put itself aside and whoever waits told at once, and is over by itself", async () => {
    const provider = process(UNCOUNTED);
    const interactive = driveOf(provider, INTERACTIVE);
    const id = sandbox.faults.add({ route: "*", fault: { kind: "status", status: 503 } });
    const looks = await Promise.allSettled(Array.from({ length: 30 }, () => interactive.look(LIST)));
    expect(looks.every(({ status }) => status === "rejected")).toBe(true);
    const before = sandbox.requests.find({ status: 503 }).length;
    await expect(driveOf(provider, BULK).openFile({ file: { id: fileId } })).rejects.toMatchObject({
      kind: "try_later",
      reason: "provider_outage",
      pauseMs: expect.any(Number),
    });
    await expect(interactive.look(LIST)).rejects.toMatchObject({ kind: "try_later", rateLimited: false });
    expect(sandbox.requests.find({ status: 503 }).length).toBe(before);
    sandbox.faults.remove(id);
    await expect
      .poll(() => interactive.look(LIST).catch(() => null), { timeout: 15_000, interval: 100 })
      .toHaveProperty("files");
  });
});
