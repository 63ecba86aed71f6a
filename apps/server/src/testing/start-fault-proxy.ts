import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";

/** What happens to one request. Bytes are counted in the answer's body, which must have more of them. */
export type Fate =
  /** It passes as it is. */
  | { readonly kind: "pass" }
  /** The proxy answers in the target's place. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly body?: string;
      readonly headers?: Record<string, string>;
    }
  /** Cuts the connection; after the request was read and passed on, and before its answer, when `afterwards` is set. */
  | { readonly kind: "reset"; readonly afterwards?: boolean }
  /** Passes, and breaks the connection after so many bytes. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** Passes, and sends nothing more after so many bytes, on a connection that stays open. */
  | { readonly kind: "stall"; readonly afterBytes: number }
  /** Passes with one byte changed. */
  | { readonly kind: "flip"; readonly atByte: number };

/** What a fate is decided by: method, address below the origin, headers. */
export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

/** A server between a client and the sandbox, which passes requests on or has them fail. */
export interface FaultProxy {
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * Starts the proxy on a free port of the loopback interface.
 * @param params.decide asked for every request
 */
export async function startFaultProxy(params: {
  readonly target: string;
  readonly decide: (request: ProxiedRequest) => Fate;
}): Promise<FaultProxy> {
  let origin = "";
  const server = createServer((request, response) => {
    const { method = "GET", url: path = "/", headers } = request;
    const fate = params.decide({ method, path, headers });
    if (fate.kind === "answer") {
      request.resume();
      response.writeHead(fate.status, fate.headers).end(fate.body ?? "");
    } else if (fate.kind === "reset" && fate.afterwards !== true) {
      request.socket.destroy();
    } else {
      pass(request, response, { target: params.target, origin, fate });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  origin = `http://127.0.0.1:${address.port}`;
  return {
    origin,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type PassingFate = Exclude<Fate, { kind: "answer" }>;

function pass(
  request: IncomingMessage,
  response: ServerResponse,
  { target, origin, fate }: { target: string; origin: string; fate: PassingFate },
): void {
  const { method, headers, url } = request;
  const options = { method, headers: { ...headers, host: new URL(target).host } };
  const onward = forward(new URL(url ?? "/", target), options, (answer) => {
    if (fate.kind === "reset") {
      answer.resume();
      request.socket.destroy();
      return;
    }
    const { location } = answer.headers;
    const moved = location === undefined ? {} : { location: location.replace(target, origin) };
    response.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...moved });
    passBody(answer, response, fate);
  });
  onward.on("error", () => request.socket.destroy());
  request.pipe(onward);
}

function passBody(
  answer: IncomingMessage,
  response: ServerResponse,
  fate: Exclude<PassingFate, { kind: "reset" }>,
): void {
  switch (fate.kind) {
    case "pass":
      answer.pipe(response);
      return;
    case "cut":
      passStart(answer, response, { bytes: fate.afterBytes, whenSent: () => response.socket?.destroy() });
      return;
    case "stall":
      passStart(answer, response, { bytes: fate.afterBytes, whenSent: () => undefined });
      return;
    case "flip":
      flipByte(answer, fate.atByte);
      answer.pipe(response);
  }
}

function passStart(
  answer: IncomingMessage,
  response: ServerResponse,
  { bytes, whenSent }: { bytes: number; whenSent: () => void },
): void {
  let left = bytes;
  if (left === 0) response.flushHeaders();
  answer.on("data", (part: Buffer) => {
    if (left === 0) return;
    const slice = part.subarray(0, left);
    left -= slice.length;
    if (left === 0) response.write(slice, whenSent);
    else response.write(slice);
  });
}

/** Changes the byte in place; call before piping, since listeners are called in the order of their coming. */
function flipByte(answer: IncomingMessage, atByte: number): void {
  let seen = 0;
  answer.on("data", (part: Buffer) => {
    const index = atByte - seen;
    if (index >= 0 && index < part.length) part.writeUInt8(part.readUInt8(index) ^ 0xff, index);
    seen += part.length;
  });
}
