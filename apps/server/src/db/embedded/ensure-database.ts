import pg from "pg";
import { rolePassword } from "./initialise.ts";

/** The role that Driveway works as, and the database that it owns. */
const NAME = "driveway";
const LOCK = 4_711_018_264;

/**
 * Makes Driveway's role and database if they are not there. The role is an ordinary one that may create databases, so that
 * whoever gets hold of its connection cannot read files or run programs through the server, as a superuser could.
 * @param params.superuser a connection of the superuser
 * @returns where Driveway connects to
 */
export async function ensureDatabase(params: {
  superuser: pg.Client;
  superuserPassword: string;
  port: number;
}): Promise<string> {
  const { superuser } = params;
  const password = rolePassword(params.superuserPassword, NAME);
  await superuser.query("select pg_advisory_lock($1)", [LOCK]);
  try {
    const role = await superuser.query("select 1 from pg_roles where rolname = $1", [NAME]);
    if (role.rows.length === 0) {
      await superuser.query(`create role ${NAME} login createdb password ${pg.escapeLiteral(password)}`);
    }
    const database = await superuser.query("select 1 from pg_database where datname = $1", [NAME]);
    if (database.rows.length === 0) await superuser.query(`create database ${NAME} owner ${NAME}`);
  } finally {
    await superuser.query("select pg_advisory_unlock($1)", [LOCK]);
  }
  return `postgres://${NAME}:${password}@127.0.0.1:${params.port}/${NAME}`;
}
