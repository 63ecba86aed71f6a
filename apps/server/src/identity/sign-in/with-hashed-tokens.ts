import type { DBAdapter, DBTransactionAdapter, Where } from "better-auth/types";
import { hashSessionToken } from "./hash-session-token.ts";

/** Where the sign-in library keeps its rows, in its own words: sessions are the model `session`. */
type Store = DBTransactionAdapter;
type Values = Record<string, unknown>;
type Created<T> = {
  model: string;
  data: Omit<T, "id">;
  select?: string[] | undefined;
  forceAllowId?: boolean | undefined;
};
type Found = Parameters<Store["findOne"]>[0];
type Updated = Parameters<Store["update"]>[0];

const MODEL = "session";
const FIELD = "token";

/**
 * The same store, but only the hash of a session's token reaches it. The library goes on with tokens: a row that was made
 * or found by one comes back with it, and a row that was found by anything else comes back with the hash, which opens nothing.
 */
export function withHashedTokens(store: DBAdapter): DBAdapter {
  return {
    ...store,
    ...hashing(store),
    transaction: (run) => store.transaction((inner) => run({ ...inner, ...hashing(inner) })),
  };
}

/** Every call of the store that can name or bring a token. */
function hashing(store: Store): Omit<Store, "id"> {
  const hashed = <Call extends { readonly model: string; where: Where[] }>(call: Call): Call => ({
    ...call,
    where: hashedWhere(call.model, call.where),
  });
  return {
    async create<T extends Values, R = T>(call: Created<T>) {
      const row = await store.create<T, R>({ ...call, data: hashedValues(call.model, call.data) });
      return restored(call.model, row, tokenOf(call.data));
    },
    async findOne<T>(call: Found) {
      return restored(call.model, await store.findOne<T>(hashed(call)), tokenIn(call.where));
    },
    findMany: (call) => store.findMany(hashed({ ...call, where: call.where ?? [] })),
    count: (call) => store.count(hashed({ ...call, where: call.where ?? [] })),
    async update<T>(call: Updated) {
      const row = await store.update<T>(hashed({ ...call, update: hashedValues(call.model, call.update) }));
      return restored(call.model, row, tokenOf(call.update) ?? tokenIn(call.where));
    },
    updateMany: (call) =>
      store.updateMany(hashed({ ...call, update: hashedValues(call.model, call.update) })),
    delete: (call) => store.delete(hashed(call)),
    deleteMany: (call) => store.deleteMany(hashed(call)),
    consumeOne: (call) => store.consumeOne(hashed(call)),
    incrementOne: (call) => store.incrementOne(hashed(call)),
  };
}

function tokenOf(values: object): string | null {
  return FIELD in values && typeof values[FIELD] === "string" ? values[FIELD] : null;
}

/** The token that a row is looked up by; null when it is looked up by something else. */
function tokenIn(where: readonly Where[]): string | null {
  const value = where.find(({ field }) => field === FIELD)?.value;
  return typeof value === "string" ? value : null;
}

function hashedValues<T extends object>(model: string, values: T): T {
  const token = tokenOf(values);
  return model !== MODEL || token === null ? values : { ...values, [FIELD]: hashSessionToken(token) };
}

function hashedWhere(model: string, where: Where[]): Where[] {
  if (model !== MODEL) return where;
  return where.map((condition) =>
    condition.field === FIELD ? { ...condition, value: hashedValue(condition.value) } : condition,
  );
}

function hashedValue(value: Where["value"]): Where["value"] {
  if (typeof value === "string") return hashSessionToken(value);
  return Array.isArray(value) ? value.map((entry) => hashSessionToken(String(entry))) : value;
}

function restored<Row>(model: string, row: Row, token: string | null): Row {
  const isKnown = model === MODEL && token !== null && typeof row === "object" && row !== null;
  return isKnown ? { ...row, [FIELD]: token } : row;
}
