import { connect } from "node:net";

/** What came over a connection until it ended, and how it ended. */
export interface Exchange {
  /** The status line's number; 0 when nothing came. */
  readonly status: number;
  readonly headers: Headers;
  /** As sent, chunks not put together. */
  readonly body: Buffer;
  readonly end: "closed" | "reset" | "left by the client";
}

interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Leaves as soon as so many bytes of body are there; a server that stalls would never end. */
  readonly leaveAfterBodyBytes?: number;
  /** Leaves when this is aborted. */
  readonly leaveOn?: AbortSignal;
  /** Lets what arrives lie for so long before it is read, in ms. */
  readonly idleMs?: number;
}

/**
 * Sends one request over a connection of its own, with no HTTP client in between that would hide what arrives. The
 * server is asked to close after its answer.
 */
export async function exchange(url: string, question: Question = {}): Promise<Exchange> {
  const { hostname, port, pathname, search } = new URL(url);
  const {
    method = "GET",
    headers = {},
    body = new Uint8Array(),
    leaveAfterBodyBytes,
    leaveOn,
    idleMs,
  } = question;
  const socket = connect(Number(port), hostname);
  if (idleMs !== undefined) {
    socket.pause();
    setTimeout(() => socket.resume(), idleMs);
  }
  const received: Buffer[] = [];
  const { promise, resolve } = Promise.withResolvers<Exchange["end"]>();
  socket.on("data", (piece) => {
    received.push(piece);
    if (leaveAfterBodyBytes === undefined) return;
    const arrived = parse(Buffer.concat(received));
    if (arrived !== null && arrived.body.length >= leaveAfterBodyBytes) resolve("left by the client");
  });
  leaveOn?.addEventListener("abort", () => resolve("left by the client"));
  socket.on("end", () => resolve("closed"));
  socket.on("error", () => resolve("reset"));
  const whole = { host: `${hostname}:${port}`, connection: "close", ...headers };
  const lines = Object.entries(whole).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = body.byteLength === 0 ? "" : `content-length: ${body.byteLength}\r\n`;
  socket.write(`${method} ${pathname}${search} HTTP/1.1\r\n${lines.join("")}${length}\r\n`);
  socket.write(body);
  const end = await promise;
  socket.destroy();
  return { ...(parse(Buffer.concat(received)) ?? NOTHING), end };
}

const NOTHING = { status: 0, headers: new Headers(), body: Buffer.alloc(0) };

function parse(bytes: Buffer): Omit<Exchange, "end"> | null {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return null;
  const [statusLine = "", ...lines] = bytes.toString("latin1", 0, headEnd).split("\r\n");
  const headers = new Headers(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
  return { status: Number(statusLine.split(" ")[1]), headers, body: bytes.subarray(headEnd + 4) };
}
