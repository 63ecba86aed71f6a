import { connect, createServer, type Socket } from "node:net";

/** The start of a transaction and its end, as a client of PostgreSQL sends it, and the server's word that it was done. */
const BEGIN = "begin\0";
const COMMIT = Buffer.from("commit\0");
const COMMITTED = Buffer.from("COMMIT\0");

/** What makes a transaction one of a job's; others, as of the pace and the sweeps, come whenever they like. */
const COUNTED = /transfer_(?:jobs|chunks|items|folders)|upload_sessions/;

/** A way to PostgreSQL on which the answer to a commit can be lost. */
export interface CommitProxy {
  readonly connectionString: string;
  /** Commits of transactions on jobs that have come since the last call of `loseOnly`. */
  readonly commits: number;
  /** Statements of the transaction whose answer was lost; empty while none was. */
  readonly lostStatements: string;
  /** Lets the n-th of these commits from now on be done and its answer be lost, with the connection; null for none. */
  loseOnly(number: number | null): void;
  close(): Promise<void>;
}

/** Starts the way on a free port of the loopback interface. */
export async function startCommitProxy(target: string): Promise<CommitProxy> {
  const address = new URL(target);
  const sockets = new Set<Socket>();
  let wanted: number | null = null;
  let commits = 0;
  let lostStatements = "";

  const server = createServer((client) => {
    const upstream = connect({ host: address.hostname, port: Number(address.port) });
    const both = [client, upstream];
    const cut = (): void => {
      for (const socket of both) socket.destroy();
    };
    let isLosing = false;
    let statements = "";
    for (const socket of both) {
      sockets.add(socket);
      socket.on("error", cut);
      socket.once("close", () => {
        sockets.delete(socket);
        cut();
      });
    }
    client.on("data", (sent) => {
      statements += sent.toString("latin1");
      if (sent.includes(COMMIT)) {
        const transaction = statements.slice(statements.lastIndexOf(BEGIN));
        const isCounted = COUNTED.test(transaction);
        if (isCounted) commits += 1;
        isLosing = isCounted && commits === wanted;
        if (isLosing) lostStatements = transaction;
        statements = "";
      }
      upstream.write(sent);
    });
    upstream.on("data", (answer) => {
      if (isLosing && answer.includes(COMMITTED)) cut();
      else client.write(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const listening = server.address();
  if (listening === null || typeof listening === "string") throw new Error("no TCP port");
  const own = new URL(target);
  own.port = String(listening.port);
  return {
    connectionString: own.href,
    get commits() {
      return commits;
    },
    get lostStatements() {
      return lostStatements;
    },
    loseOnly(number) {
      commits = 0;
      lostStatements = "";
      wanted = number;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
