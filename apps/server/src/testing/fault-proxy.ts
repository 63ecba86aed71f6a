import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";

/** What happens to one request: it passes, is answered by the proxy, or its connection breaks. */
export type Fate =
  | { readonly kind: "pass" }
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly body?: string;
      readonly headers?: Record<string, string>;
    }
  /** Cuts the connection; after the request was read and passed on, and before its answer, when `afterwards` is set. */
  | { readonly kind: "reset"; readonly afterwards?: boolean }
  /** Passes, and breaks the answer's body after so many bytes. */
  | { readonly kind: "cut"; readonly afterBytes: number };

/** A server between a client and the sandbox, which passes requests on or has them fail. */
export interface FaultProxy {
  readonly origin: string;
  close(): Promise<void>;
}

/** @param decide asked for every request, by method and address below the origin */
export async function startFaultProxy(params: {
  readonly target: string;
  readonly decide: (request: { method: string; path: string; headers: IncomingMessage["headers"] }) => Fate;
}): Promise<FaultProxy> {
  let origin = "";
  const server = createServer((request, response) => {
    const { method = "GET", url: path = "/", headers } = request;
    const fate = params.decide({ method, path, headers });
    switch (fate.kind) {
      case "answer":
        request.resume();
        response.writeHead(fate.status, fate.headers).end(fate.body ?? "");
        return;
      case "reset":
        if (fate.afterwards !== true) {
          request.socket.destroy();
          return;
        }
        pass(request, response, { target: params.target, origin, fate });
        return;
      case "cut":
      case "pass":
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

function pass(
  request: IncomingMessage,
  response: ServerResponse,
  { target, origin, fate }: { target: string; origin: string; fate: Fate },
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
    if (fate.kind === "cut") cutAfter(answer, response, fate.afterBytes);
    else answer.pipe(response);
  });
  onward.on("error", () => request.socket.destroy());
  request.pipe(onward);
}

function cutAfter(answer: IncomingMessage, response: ServerResponse, bytes: number): void {
  let left = bytes;
  answer.on("data", (part: Buffer) => {
    const slice = part.subarray(0, left);
    left -= slice.length;
    response.write(slice, () => {
      if (left === 0) response.socket?.destroy();
    });
  });
}
