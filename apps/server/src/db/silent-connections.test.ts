import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { testLog } from "../testing/test-log.ts";
import { connectDatabase, type DatabaseConnection } from "./connect.ts";

let database: TestDatabase;
let line: Server;
let opened: DatabaseConnection;
let isSilent = false;
const sockets: Socket[] = [];

/** A way to the database on which answers get lost while `isSilent`. */
beforeAll(async () => {
  database = await createTestDatabase();
  const target = new URL(database.connectionString);
  const { port: serverPort, hostname } = target;
  line = createServer((client) => {
    const server = connect(Number(serverPort), hostname);
    sockets.push(client, server);
    for (const socket of [client, server]) socket.on("error", () => undefined);
    client.pipe(server);
    server.on("data", (bytes: Buffer) => {
      if (!isSilent) client.write(bytes);
    });
    client.once("close", () => server.destroy());
  });
  await new Promise<void>((resolve) => line.listen(0, "127.0.0.1", resolve));
  const { port } = line.address() as AddressInfo;
  target.host = `127.0.0.1:${port}`;
  opened = connectDatabase({
    connectionString: target.href,
    poolSize: 1,
    applicationName: "silent",
    log: testLog(),
    queryTimeoutMs: 500,
  });
});
beforeEach(() => {
  isSilent = false;
});
afterAll(async () => {
  await opened.close();
  for (const socket of sockets) socket.destroy();
  line.close();
  await database.drop();
});

describe("a database that falls silent", () => {
  it("fails the query, and the next one gets another connection", async () => {
    await opened.pool.query("select 1");
    isSilent = true;
    await expect(opened.pool.query("select 1")).rejects.toThrow("timeout");
    isSilent = false;
    expect((await opened.pool.query("select 2 as two")).rows).toEqual([{ two: 2 }]);
  });

  it("fails a transaction in the middle, whose connection does not go back to the pool", async () => {
    const broken = opened.db.transaction(async (tx) => {
      await tx.execute(sql`select 1`);
      isSilent = true;
      await tx.execute(sql`select 1`);
    });
    await expect(broken).rejects.toThrow();
    isSilent = false;
    expect((await opened.db.execute(sql`select 3 as three`)).rows).toEqual([{ three: 3 }]);
  });
});
