import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { connect as connectWithTls } from "node:tls";

/** What a server wrote until it ended the connection. */
interface RawAnswer {
  readonly status: number;
  /** The head, in lower case. */
  readonly head: string;
  readonly body: string;
}

/**
 * Writes bytes as they stand to a server and reads until it ends the connection, which they should ask for.
 *
 * @param origin of http or https; certificates are not looked at
 */
export async function rawExchange(origin: string, sent: string): Promise<RawAnswer> {
  const { protocol, hostname, port } = new URL(origin);
  const target = { host: hostname, port: Number(port) };
  const socket =
    protocol === "https:" ? connectWithTls({ ...target, rejectUnauthorized: false }) : connect(target);
  socket.write(sent);
  const received = await text(socket);
  const [head = "", body = ""] = received.split(/\r\n\r\n(.*)/s);
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), head: head.toLowerCase(), body };
}
