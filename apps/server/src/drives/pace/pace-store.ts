import { eq, inArray, lt, sql } from "drizzle-orm";
import { type Database, paceUploadLimits, paceWindows, type Transaction } from "../../db/index.ts";
import { decideExchange } from "./decide-exchange.ts";
import { NO_UPLOADS } from "./decide-upload-limit.ts";
import type { AccountState, PaceStates, PaceStore, ProjectState } from "./pace-exchange.ts";

/** What nobody asked about for so long counts no more. */
const FORGOTTEN_AFTER_MS = 30 * 60_000;
/** Longer than any limit of a day. */
const UPLOAD_LIMIT_FORGOTTEN_AFTER_MS = 48 * 60 * 60_000;
const SWEEP_EVERY_MS = 10 * 60_000;

/**
 * What all nodes of a database share. Its time is the database's, so that nodes may disagree about the hour.
 * @param params.now milliseconds since 1970, for tests whose time runs faster
 */
export function createPaceStore(params: { readonly db: Database; readonly now?: () => number }): PaceStore {
  const { db } = params;
  let sweptAtMs = 0;
  return {
    exchange: (ask) =>
      db.transaction(async (tx) => {
        const nowMs = await lockProject(tx, ask.project, params.now);
        const keys = [ask.project, ...ask.accounts.map(({ key }) => key)];
        const states = await readStates(tx, keys, ask.project);
        const decided = decideExchange(states, ask, nowMs);
        const changed = ask.accounts.flatMap(({ key }, place) => {
          const state = decided.accounts[place];
          return state === undefined ? [] : [{ key, state }];
        });
        await writeStates(tx, [{ key: ask.project, state: decided.project }, ...changed], nowMs);
        await writeUploadLimits(tx, states, changed);
        if (nowMs - sweptAtMs >= SWEEP_EVERY_MS) {
          sweptAtMs = nowMs;
          await sweep(tx, nowMs);
        }
        return decided.grants;
      }),
  };
}

/** One question of a project at a time; the time is told when it is its turn. */
async function lockProject(tx: Transaction, project: string, now?: () => number): Promise<number> {
  const { rows } = await tx.execute<{ ms: number }>(sql`
    select pg_advisory_xact_lock(hashtextextended(${`pace ${project}`}, 0)),
      (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`);
  if (now !== undefined) return now();
  const [turn] = rows;
  if (turn === undefined) throw new Error("the database did not tell the time");
  return Math.floor(turn.ms);
}

async function readStates(tx: Transaction, keys: readonly string[], project: string): Promise<PaceStates> {
  const rows = await tx
    .select({ key: paceWindows.key, state: paceWindows.state })
    .from(paceWindows)
    .where(inArray(paceWindows.key, [...keys]));
  const found = new Map(rows.map(({ key, state }) => [key, state]));
  const accounts = new Map<string, Partial<AccountState>>();
  for (const [key, state] of found) if (key !== project) accounts.set(key, state as AccountState);
  // The windows do not outlive a crash of the database; the limits of a day do.
  const missing = keys.filter((key) => key !== project && !found.has(key));
  for (const { key, limited } of await readUploadLimits(tx, missing)) {
    accounts.set(key, { uploads: { ...NO_UPLOADS, limited } });
  }
  return { project: (found.get(project) as ProjectState | undefined) ?? null, accounts };
}

async function readUploadLimits(tx: Transaction, keys: readonly string[]) {
  if (keys.length === 0) return [];
  const rows = await tx
    .select()
    .from(paceUploadLimits)
    .where(inArray(paceUploadLimits.key, [...keys]));
  return rows.map(({ key, since, nextProbe }) => ({
    key,
    limited: { sinceMs: since.getTime(), nextProbeMs: nextProbe.getTime() },
  }));
}

interface Entry<State> {
  readonly key: string;
  readonly state: State;
}

async function writeStates(
  tx: Transaction,
  entries: readonly Entry<ProjectState | AccountState>[],
  nowMs: number,
): Promise<void> {
  const updatedAt = new Date(nowMs);
  await tx
    .insert(paceWindows)
    .values(entries.map((entry) => ({ ...entry, updatedAt })))
    .onConflictDoUpdate({
      target: paceWindows.key,
      set: { state: sql`excluded.state`, updatedAt: sql`excluded.updated_at` },
    });
}

async function writeUploadLimits(
  tx: Transaction,
  before: PaceStates,
  changed: readonly Entry<AccountState>[],
): Promise<void> {
  for (const { key, state } of changed) {
    const was = before.accounts.get(key)?.uploads?.limited ?? null;
    const { limited } = state.uploads;
    if (was?.nextProbeMs === limited?.nextProbeMs) continue;
    if (limited === null) {
      await tx.delete(paceUploadLimits).where(eq(paceUploadLimits.key, key));
      continue;
    }
    const times = { since: new Date(limited.sinceMs), nextProbe: new Date(limited.nextProbeMs) };
    await tx
      .insert(paceUploadLimits)
      .values({ key, ...times })
      .onConflictDoUpdate({ target: paceUploadLimits.key, set: times });
  }
}

async function sweep(tx: Transaction, nowMs: number): Promise<void> {
  const before = (ageMs: number) => new Date(nowMs - ageMs);
  await tx.delete(paceWindows).where(lt(paceWindows.updatedAt, before(FORGOTTEN_AFTER_MS)));
  const longAgo = before(UPLOAD_LIMIT_FORGOTTEN_AFTER_MS);
  await tx.delete(paceUploadLimits).where(lt(paceUploadLimits.since, longAgo));
}
