import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { eq, sql } from "drizzle-orm";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sealTokens, tokenPlace } from "../connections/sealed-tokens.ts";
import { connections, oauthAttempts, pendingRevocations } from "../db/index.ts";
import { placeIn, SEALED_COLUMNS } from "../db/sealing/sealed-columns.ts";
import { DriveError } from "../drives/index.ts";
import { createKeyring, type Keyring, UnsealError } from "../platform/index.ts";
import { type ConnectionsWorld, startConnectionsWorld } from "../testing/start-connections-world.ts";
import { runCommand } from "./run-command.ts";

const PROGRAM = fileURLToPath(new URL("../../bin/driveway.js", import.meta.url));
const COUNT = 2000;
const HOUR_MS = 60 * 60 * 1000;
const newKey = { id: "k2", secret: randomBytes(32) };
const oldKey = { id: "k1", secret: randomBytes(32) };
const entry = ({ id, secret }: typeof newKey) => `${id}:${secret.toString("base64")}`;

let world: ConnectionsWorld;

beforeAll(async () => {
  world = await startConnectionsWorld({ keys: [newKey, oldKey] });
});
afterAll(() => world.stop());

const environment = (keys: string) => ({
  ENCRYPTION_KEYS: keys,
  DATABASE_URL: world.database.connectionString,
});

async function run(args: readonly string[], keys?: string) {
  const { said, ...ended } = await say([...args, "--json"], keys);
  return { ...ended, json: said === "" ? null : JSON.parse(said) };
}

async function say(args: readonly string[], keys = `${entry(newKey)},${entry(oldKey)}`) {
  const said: string[] = [];
  const complaints: string[] = [];
  const exitCode = await runCommand({
    args,
    environment: environment(keys),
    print: (text) => said.push(text),
    complain: (text) => complaints.push(text),
    signal: new AbortController().signal,
  });
  return { exitCode, complaints, said: said.join("") };
}

/** Seals with the old key a grant that the sandbox knows, for connections of the member. Every other one has run out. */
async function seed(refreshToken: string): Promise<string[]> {
  const { tenantId, userId } = world.people.member.principal;
  const keyring = createKeyring([oldKey]);
  const rows = Array.from({ length: COUNT }, (_, index) => {
    const id = randomUUID();
    const accessTokenExpiresAt = new Date(world.now() + (index % 2 === 0 ? HOUR_MS : -HOUR_MS));
    const tokens = {
      accessToken: `access of ${id}`,
      accessTokenExpiresAt,
      refreshToken,
      refreshTokenExpiresAt: null,
      grantedScopes: [],
    };
    return {
      id,
      tenantId,
      userId,
      provider: "google_drive",
      providerUserId: `account ${index}`,
      providerEmail: "x@example.com",
      providerDisplayName: "X",
      oauthClientId: world.sandbox.clientId,
      status: "active" as const,
      ...sealTokens(keyring, { tenantId, connectionId: id }, tokens),
    };
  });
  await world.db.insert(connections).values(rows);
  return rows.map(({ id }) => id).sort();
}

async function allSealed(): Promise<{ sealed: string; place: ReturnType<typeof placeIn> }[]> {
  const found = SEALED_COLUMNS.map(async (column) => {
    const { rows } = await world.db.execute<{ id: string; tenantId: string; sealed: string }>(
      sql.raw(`select id::text as id, ${column.hasTenant ? "tenant_id" : "''"} as "tenantId",
        ${column.column} as sealed from ${column.table} where ${column.column} is not null`),
    );
    return rows.map((row) => ({ sealed: row.sealed, place: placeIn(column, row) }));
  });
  return (await Promise.all(found)).flat();
}

const opens = (keyring: Keyring, one: Awaited<ReturnType<typeof allSealed>>[number]): boolean => {
  try {
    keyring.open(one.sealed, one.place);
    return true;
  } catch (error) {
    if (error instanceof UnsealError) return false;
    throw error;
  }
};

function spawnRotation(): ChildProcess {
  return spawn(process.execPath, [PROGRAM, "keys", "rotate"], {
    env: { PATH: process.env.PATH ?? "", ...environment(`${entry(newKey)},${entry(oldKey)}`) },
    stdio: "ignore",
  });
}

/** Reads, refreshes, connects, disconnects and begins attempts until it is told to stop. */
function keepBusy(ids: readonly string[]) {
  let isOver = false;
  let done = 0;
  const { principal } = world.people.member;
  const { tenantId } = principal;
  const read = async (index: number) => {
    for (let at = index; !isOver; at += 7) {
      const connectionId = ids[at % ids.length] ?? "";
      await world.connections.credentialFor({ tenantId, connectionId }).current();
      done += 1;
    }
  };
  const begin = async () => {
    const server = { redirectUri: null, origin: null, browserId: null, returnUrl: null };
    const asked = { principal, provider: "google_drive", ...server };
    while (!isOver) await world.connections.startAttempt(asked);
  };
  const comeAndGo = async () => {
    while (!isOver) {
      const id = await world.connect(world.people.admin, "bob@example.com");
      await world.connections.disconnect({ principal: world.people.admin.principal, id });
    }
  };
  const work = Promise.all([...[0, 1, 2].map(read), begin(), comeAndGo()]);
  return {
    done: () => done,
    async stop() {
      isOver = true;
      await work;
    },
  };
}

/**
 * Holds a row, so that a rotation comes no further than there.
 * @returns lets go, after putting another value there if one is given
 */
async function holdRow(id: string): Promise<(newer?: string) => Promise<void>> {
  const client = new pg.Client({ connectionString: world.database.connectionString });
  await client.connect();
  await client.query("begin");
  await client.query("select 1 from connections where id = $1 for update", [id]);
  return async (newer) => {
    const put = "update connections set access_token_sealed = $2 where id = $1";
    if (newer !== undefined) await client.query(put, [id, newer]);
    await client.query("commit");
    await client.end();
  };
}

describe("driveway keys rotate", () => {
  it("killed in the middle and run again while the service works, ends with every value under the new key alone", {
    timeout: 120_000,
  }, async () => {
    const real = await world.connect(world.people.member);
    const { tenantId } = world.people.member.principal;
    const [row] = await world.db.select().from(connections).where(eq(connections.id, real));
    const place = tokenPlace({ tenantId, connectionId: real }, "refresh_token_sealed");
    const refreshToken = createKeyring([newKey]).open(row?.refreshTokenSealed ?? "", place);
    const ids = await seed(refreshToken);
    world.oauthFaults.revoke = () =>
      Promise.reject(new DriveError("try_later", "down", { reason: "http_503" }));
    const letGo = await holdRow(ids[COUNT / 2] ?? "");
    const busy = keepBusy(ids.filter((_id, index) => index !== COUNT / 2));
    const newAccess = sql`access_token_sealed like 'k2.%' and access_token_expires_at > now()`;
    const first = spawnRotation();
    const exited = once(first, "exit");
    await expect
      .poll(() => world.db.$count(connections, newAccess), { interval: 5, timeout: 30_000 })
      .toBeGreaterThan(COUNT / 4);
    first.kill("SIGKILL");
    expect(await exited).toEqual([null, "SIGKILL"]);
    await letGo();
    const older = createKeyring([oldKey]);
    const leftOver = (await allSealed()).filter((one) => opens(older, one)).length;
    expect(leftOver).toBeGreaterThan(COUNT / 2);
    const before = busy.done();
    const second = spawnRotation();
    expect(await once(second, "exit")).toEqual([0, null]);
    expect(busy.done()).toBeGreaterThan(before);
    await busy.stop();
    delete world.oauthFaults.revoke;
    const alone = createKeyring([newKey]);
    const sealed = await allSealed();
    expect(sealed.length).toBeGreaterThan(2 * COUNT);
    expect(sealed.filter((one) => !opens(alone, one))).toEqual([]);
    for (const table of [pendingRevocations, oauthAttempts]) {
      expect(await world.db.$count(table)).toBeGreaterThan(0);
    }
    const kept = await world.db
      .select()
      .from(connections)
      .where(eq(connections.id, ids[0] ?? ""));
    expect(
      alone.open(
        kept[0]?.refreshTokenSealed ?? "",
        tokenPlace({ tenantId, connectionId: ids[0] ?? "" }, "refresh_token_sealed"),
      ),
    ).toBe(refreshToken);
    const status = await run(["keys", "status"]);
    expect(status.json.keys).toEqual([
      { id: "k2", values: sealed.length, needed: true },
      { id: "k1", values: 0, needed: false },
    ]);
  });

  it("leaves a value that was written while its batch was on the way, and seals that one anew", async () => {
    await world.db.delete(connections);
    const [id = ""] = await seed("1//a token");
    const { tenantId } = world.people.member.principal;
    const place = tokenPlace({ tenantId, connectionId: id }, "access_token_sealed");
    const letGo = await holdRow(id);
    const rotation = run(["keys", "rotate"]);
    const waiting = sql`select 1 from pg_stat_activity where application_name = 'driveway keys' and wait_event_type = 'Lock'`;
    await expect.poll(async () => (await world.db.execute(waiting)).rowCount, { interval: 5 }).toBe(1);
    await letGo(createKeyring([oldKey]).seal("the newer token", place));
    expect((await rotation).exitCode).toBe(0);
    const [row] = await world.db.select().from(connections).where(eq(connections.id, id));
    expect(createKeyring([newKey]).open(row?.accessTokenSealed ?? "", place)).toBe("the newer token");
  });

  it("counts what does not open by table and key, leaves it as it is, and exits with 1", async () => {
    await world.db.delete(connections);
    const ids = await seed("1//a token");
    const { tenantId } = world.people.member.principal;
    const place = tokenPlace({ tenantId, connectionId: ids[0] ?? "" }, "access_token_sealed");
    const lost = createKeyring([{ id: "gone", secret: randomBytes(32) }]).seal("x", place);
    const changed = createKeyring([{ ...oldKey, secret: randomBytes(32) }]).seal("x", place);
    const put = (id: string, accessTokenSealed: string) =>
      world.db.update(connections).set({ accessTokenSealed }).where(eq(connections.id, id));
    await put(ids[0] ?? "", lost);
    await put(ids[1] ?? "", changed);
    const { exitCode, json } = await run(["keys", "rotate"]);
    expect(exitCode).toBe(1);
    expect(json).toMatchObject({ sealing_key: "k2", resealed: { connections: 2 * COUNT - 2 } });
    const unopened = [
      { table: "connections", key_id: "gone", values: 1 },
      { table: "connections", key_id: "k1", values: 1 },
    ];
    expect(json.unopened).toEqual(unopened);
    expect(json.left).toEqual(unopened);
    const found = await world.db.select().from(connections).orderBy(connections.id).limit(2);
    expect(found.map((one) => one.accessTokenSealed)).toEqual([lost, changed]);
    const status = await run(["keys", "status"]);
    expect(status).toMatchObject({ exitCode: 1, json: { missing_keys: ["gone"] } });
    expect(status.json.tables).toContainEqual({ table: "connections", key_id: "gone", values: 1 });
    expect(status.json.keys).toContainEqual({ id: "k1", values: 1, needed: true });
  });

  it("says in words what is done and what is left", async () => {
    await world.db.delete(connections);
    await world.db.delete(pendingRevocations);
    await world.db.delete(oauthAttempts);
    await seed("1//a token");
    const values = 2 * COUNT;
    const table = (key: string) => expect.stringMatching(new RegExp(`^connections +${key} +${values}$`));
    const status = async () => (await say(["keys", "status"])).said.split("\n").slice(1);
    const rotate = async () => (await say(["keys", "rotate"])).said.split("\n");
    const end = 'All values open with "k2" alone; no other key is needed.';
    expect(await status()).toEqual([
      table("k1"),
      "",
      "k2: seals new values, and opens 0 values",
      `k1: still needed by ${values} values`,
    ]);
    expect(await rotate()).toEqual([
      'Sealed anew with "k2":',
      expect.stringMatching(new RegExp(`^ {2}connections +${values}$`)),
      end,
    ]);
    expect(await rotate()).toEqual(["Nothing was sealed anew.", end]);
    expect(await status()).toEqual([
      table("k2"),
      "",
      `k2: seals new values, and opens ${values} values`,
      "k1: not needed any more",
    ]);
  });

  it("refuses a database with sealed columns that it does not know", async () => {
    await world.db.execute(sql`create table later (id text primary key, secret_sealed text)`);
    const { exitCode, complaints } = await run(["keys", "rotate"]);
    await world.db.execute(sql`drop table later`);
    expect(exitCode).toBe(1);
    expect(complaints.join()).toContain("later.secret_sealed");
  });
});

describe("driveway keys generate", () => {
  it("prints an entry that the configuration takes, another every time", async () => {
    const one = (await run(["keys", "generate", "--id", "k3"])).json;
    const other = (await run(["keys", "generate"])).json;
    expect(one.entry).toMatch(/^k3:[A-Za-z0-9+/]{43}=$/);
    expect(one.entry.slice(-44)).not.toBe(other.entry.slice(-44));
    expect((await run(["keys", "status"], `${one.entry},${other.entry}`)).json.sealing_key).toBe("k3");
  });

  it("refuses an id that the configuration would not take", async () => {
    for (const id of ["", "a.b", "k".repeat(33)]) {
      expect((await run(["keys", "generate", "--id", id])).exitCode).toBe(2);
    }
  });
});
