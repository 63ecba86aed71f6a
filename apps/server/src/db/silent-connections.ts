import type pg from "pg";

/** What pg says when `query_timeout` is over. */
const TIMED_OUT = "Query read timeout";

/**
 * A class of connections that end when a query got no answer in time. Else one that lost its server would go back to
 * the pool after a transaction, and hold up whoever is lent it next.
 */
export function withoutSilentConnections(Client: typeof pg.Client): typeof pg.Client {
  class EndingClient extends Client {}
  const original: unknown = Reflect.get(Client.prototype, "query");
  if (typeof original !== "function") throw new TypeError("pg.Client has no query");
  const query = function (this: pg.Client, ...args: unknown[]): unknown {
    const result: unknown = Reflect.apply(original, this, args);
    if (result instanceof Promise) {
      result.catch((error: unknown) => {
        if (error instanceof Error && error.message === TIMED_OUT) this.end().catch(() => undefined);
      });
    }
    return result;
  };
  Object.defineProperty(EndingClient.prototype, "query", { value: query });
  return EndingClient;
}
