import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { paceUploadLimits, paceWindows } from "../../db/index.ts";
import { openDatabase, type OpenedDatabase } from "../../testing/open-database.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import type { AccountAsk, PaceAsk } from "./pace-exchange.ts";
import { createPaceStore } from "./pace-store.ts";

const MINUTE_MS = 60_000;
const QUIET = { uploadsDone: 0, uploadsRefused: 0, othersRefused: 0 };
const NOTHING = { quick: 0, burst: 0, bulk: 0 };

let database: TestDatabase;
let opened: OpenedDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  opened = openDatabase(database);
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

function account(key: string, changes: Partial<AccountAsk> = {}): AccountAsk {
  const told = { spent: 0, returned: NOTHING, burstLeft: 0, blockForMs: 0, uploads: QUIET };
  return { key, ...told, ...NOTHING, wantsUpload: false, ...changes };
}

function ask(holder: string, project: string, accounts: readonly AccountAsk[]): PaceAsk {
  const quotas = { userUnitsPerMinute: 10_000, projectUnitsPerMinute: 12_000 };
  return { holder, project, quotas, accounts };
}

describe("the pace that processes share", () => {
  it("never gives more than there is, however many ask at the same moment", async () => {
    const store = createPaceStore({ db: opened.guarded });
    const asks = Array.from({ length: 40 }, (_unused, place) => {
      const wanted = account(`account ${place % 2}`, { burst: 500, burstLeft: 500 });
      return store.exchange(ask(`node ${place % 5}`, "together", [wanted]));
    });
    const grants = (await Promise.all(asks)).flat();
    const ofOne = grants.filter(({ key }) => key === "account 0");
    const sum = (all: typeof grants) => all.reduce((units, { burst, bulk }) => units + burst + bulk, 0);
    expect(sum(ofOne)).toBeLessThanOrEqual(10_000);
    expect(sum(grants)).toBeLessThanOrEqual(12_000);
    expect(sum(grants)).toBeGreaterThan(10_000);
  });

  it("goes by the time of the database", async () => {
    const before = Date.now();
    await createPaceStore({ db: opened.guarded }).exchange(ask("node", "timely", [account("timely one")]));
    const rows = await opened.db.select().from(paceWindows);
    const row = rows.find(({ key }) => key === "timely one");
    expect(Math.abs((row?.updatedAt.getTime() ?? 0) - before)).toBeLessThan(10_000);
  });

  it("keeps the upload limit of a day through a crash of the database, and forgets it when it is over", async () => {
    let nowMs = Date.UTC(2030, 0, 1);
    const store = createPaceStore({ db: opened.guarded, now: () => nowMs });
    const refused = { ...QUIET, uploadsRefused: 1 };
    for (let minute = 0; minute <= 10; minute += 1) {
      await store.exchange(ask("node", "uploads", [account("uploader", { uploads: refused })]));
      nowMs += MINUTE_MS;
    }
    // What a crash does to a table that is not logged.
    await opened.db.delete(paceWindows);
    const [grant] = await store.exchange(
      ask("other", "uploads", [account("uploader", { wantsUpload: true })]),
    );
    expect(grant?.uploads.kind).toBe("closed");

    const done = { ...QUIET, uploadsDone: 1 };
    await store.exchange(ask("other", "uploads", [account("uploader", { uploads: done })]));
    expect(await opened.db.select().from(paceUploadLimits)).toEqual([]);
  });

  it("loses accounts that nobody asks about", async () => {
    let nowMs = Date.UTC(2031, 0, 1);
    const store = createPaceStore({ db: opened.guarded, now: () => nowMs });
    await store.exchange(ask("node", "swept", [account("a quiet one")]));
    nowMs += 31 * MINUTE_MS;
    await store.exchange(ask("node", "swept", [account("another")]));
    const keys = (await opened.db.select().from(paceWindows)).map(({ key }) => key);
    expect(keys).not.toContain("a quiet one");
    expect(keys).toContain("another");
  });
});
