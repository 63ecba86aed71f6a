import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { hasCode } from "./has-code.ts";
import { SUPERUSER } from "./initialise.ts";

/**
 * Every process that uses the server keeps one connection with a shared lock for as long as it does; the one that leaves
 * last can take the lock alone and stops the server, see `leaveServer`. Somebody who comes while it stops waits for the lock,
 * loses the connection with the server, and so knows that a server must be started again.
 */
const PRESENCE_LOCK = 4_711_018_263;

const CONNECT_TIMEOUT_MS = 10_000;
const OTHERS_LINGER_MS = 2000;

/** What a server answers while it starts or stops, and what remains of a connection when it goes away. */
const COMES_AND_GOES = ["57P01", "57P02", "57P03", "ECONNREFUSED", "ECONNRESET", "EPIPE", "08006", "53300"];

/**
 * Connects as the superuser and takes part in the presence lock.
 * @returns the connection, or `null` when no server is there at the moment
 * @throws {EmbeddedPostgresError} `password_refused`
 */
export async function enter(params: { port: number; password: string }): Promise<pg.Client | null> {
  const client = new pg.Client({
    host: "127.0.0.1",
    port: params.port,
    user: SUPERUSER,
    password: params.password,
    database: "postgres",
    application_name: "driveway presence",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  // Its loss is noticed by its "end"; without a listener the error would end the process.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("select pg_advisory_lock_shared($1)", [PRESENCE_LOCK]);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    if (hasCode(error, "28P01", "28000")) {
      throw new EmbeddedPostgresError(
        "password_refused",
        `The database server on port ${params.port} does not accept the password that lies beside its data.`,
        { cause: error },
      );
    }
    if (isServerGone(error)) return null;
    throw error;
  }
}

/**
 * Gives the presence up and finds out whether nobody else is there: no other process with a presence, and no other client
 * at all, such as an operator's psql. While the answer is true, whoever comes is kept waiting by the lock.
 * @param presence what `enter` returned
 */
export async function isLastToLeave(presence: pg.Client): Promise<boolean> {
  await presence.query("select pg_advisory_unlock_shared($1)", [PRESENCE_LOCK]);
  const alone = await presence.query<{ alone: boolean }>("select pg_try_advisory_lock($1) as alone", [
    PRESENCE_LOCK,
  ]);
  if (alone.rows[0]?.alone !== true) return false;
  // Connections that were just closed take a moment to disappear from the list.
  for (const deadline = Date.now() + OTHERS_LINGER_MS; ; await pause(20)) {
    const others = await presence.query(
      "select 1 from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() limit 1",
    );
    if (others.rows.length === 0) return true;
    if (Date.now() > deadline) return false;
  }
}

/** Whether an error says that the server went away, or is about to come or to go. */
export function isServerGone(error: unknown): boolean {
  if (hasCode(error, ...COMES_AND_GOES)) return true;
  // pg reports a connection that went away in the middle of something by text alone.
  return (
    error instanceof Error &&
    /^(Connection terminated|timeout expired|Client has encountered)/.test(error.message)
  );
}
