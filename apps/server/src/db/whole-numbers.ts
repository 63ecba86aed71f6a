import pg from "pg";

const INT8 = 20;

/** Reads an int8: as a number when a number can hold it exactly, else as the text that came. */
function parseInt8(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

/**
 * A class of connections that read int8 (counts, sizes, sequences) as numbers, for the pool that is given it. pg's own
 * switch is global, and Drizzle brings its own parsers with each query; so both are changed here, query by query.
 */
export function int8AsNumberClient(): typeof pg.Client {
  class Int8AsNumberClient extends pg.Client {}
  const original: unknown = Reflect.get(pg.Client.prototype, "query");
  if (typeof original !== "function") throw new TypeError("pg.Client has no query");
  const query = function (this: pg.Client, ...args: unknown[]): unknown {
    return Reflect.apply(original, this, [withInt8(args[0]), ...args.slice(1)]);
  };
  Object.defineProperty(Int8AsNumberClient.prototype, "query", { value: query });
  return Int8AsNumberClient;
}

/** The parsers of a connection, for queries that bring none of their own. */
export function int8Types(): pg.CustomTypesConfig {
  const types = new pg.TypeOverrides();
  types.setTypeParser(INT8, parseInt8);
  return { getTypeParser: types.getTypeParser.bind(types) };
}

/** A query's own parsers with int8 put right; everything else, cursors and texts too, as it came. */
function withInt8(query: unknown): unknown {
  if (typeof query !== "object" || query === null || "submit" in query || !("types" in query)) return query;
  const { types } = query;
  if (typeof types !== "object" || types === null || !("getTypeParser" in types)) return query;
  const { getTypeParser } = types;
  if (typeof getTypeParser !== "function") return query;
  const parserOf = (oid: number, format?: string): unknown =>
    oid === INT8 && format !== "binary" ? parseInt8 : Reflect.apply(getTypeParser, types, [oid, format]);
  return { ...query, types: { getTypeParser: parserOf } };
}
