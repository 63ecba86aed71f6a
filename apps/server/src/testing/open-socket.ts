import { connect } from "node:net";

/** What came back over a raw connection until it was closed, or until `enough` of it was there. */
export interface RawReply {
  /** The status of the first reply; null when there was none. */
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Whether the server closed the connection. */
  readonly closed: boolean;
}

/**
 * Sends bytes as they are, which no HTTP client would, and reads what comes back.
 * @param params.until stop reading when this has come; left out: when the server closes
 */
export async function openSocket(params: {
  readonly url: string;
  readonly send: string | Buffer;
  readonly until?: RegExp;
}): Promise<RawReply> {
  const { hostname, port } = new URL(params.url);
  const socket = connect({ host: hostname, port: Number(port) });
  let text = "";
  let closed = true;
  await new Promise<void>((resolve) => {
    socket.on("connect", () => socket.write(params.send));
    // A server that cuts off what it will not read resets the connection; what it said before counts.
    socket.on("error", () => resolve());
    socket.on("close", () => resolve());
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      if (params.until?.test(text) !== true) return;
      closed = false;
      socket.destroy();
    });
  });
  const [head = ""] = text.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const status = /^HTTP\/1\.1 (\d{3})/.exec(first)?.[1];
  const headers = lines.map((line) => {
    const [name = "", value = ""] = line.split(/: (.*)/s);
    return [name.toLowerCase(), value];
  });
  return {
    status: status === undefined ? null : Number(status),
    headers: Object.fromEntries(headers),
    text,
    closed,
  };
}
