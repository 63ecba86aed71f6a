import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";

/** What becomes of one answer. */
export type Fault =
  /** Nothing: it passes as it is. */
  | "none"
  /** One byte of the body is another. */
  | "flip"
  /** The connection breaks in the middle of the body. */
  | "break"
  /** The body stops in the middle, and nothing more comes. */
  | "stall"
  /** The service is unavailable. */
  | "unavailable";

/** A proxy before the sandbox that falsifies and breaks answers. */
export interface FaultyProxy {
  readonly origin: string;
  /** Asked for every request; "none" until it is set. */
  plan: (asked: { readonly method: string; readonly url: string }) => Fault;
  close(): Promise<void>;
}

/** Starts the proxy on a free port of the loopback interface. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const server = createServer((incoming, outgoing) => {
    const fault = proxy.plan({ method: incoming.method ?? "", url: incoming.url ?? "" });
    if (fault === "unavailable") {
      outgoing.writeHead(503).end();
      incoming.resume();
      return;
    }
    const forwarded = request(
      new URL(incoming.url ?? "/", target),
      { method: incoming.method ?? "GET", headers: incoming.headers },
      (answer) => void passOn(answer, outgoing, fault),
    );
    forwarded.on("error", () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  const proxy: FaultyProxy = {
    origin: `http://127.0.0.1:${address.port}`,
    plan: () => "none",
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

async function passOn(answer: IncomingMessage, outgoing: ServerResponse, fault: Fault): Promise<void> {
  const body = Buffer.concat(await answer.toArray());
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
  const middle = Math.floor(body.length / 2);
  if (fault === "flip") body.writeUInt8(body.readUInt8(middle) ^ 0xff, middle);
  if (fault === "none" || fault === "flip") {
    outgoing.end(body);
    return;
  }
  outgoing.write(body.subarray(0, middle));
  if (fault === "break") setTimeout(() => outgoing.destroy(), 20);
}
