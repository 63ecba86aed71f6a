import pg from "pg";

/** Every row of every table of a database as text, by the table's name; those of the queue too. Bytes are in hex. */
export async function dumpDatabase(connectionString: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(`
      select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema') order by 1`);
    const dump: Record<string, string> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<{ line: string }>(`select t::text as line from ${name} t`);
      dump[name] = rows.map(({ line }) => line).join("\n");
    }
    return dump;
  } finally {
    await client.end();
  }
}
