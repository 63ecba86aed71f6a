import { createServer, type IncomingHttpHeaders, request as forward } from "node:http";
import { buffer } from "node:stream/consumers";

/** One exchange with the sandbox, with its bodies as text. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly answer: { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string };
}

/** A server between Driveway and the sandbox that passes everything on and keeps it. */
export interface RecordingProxy {
  readonly origin: string;
  readonly exchanges: readonly Exchange[];
  close(): Promise<void>;
}

/** Starts it on a free port of the loopback interface. The sandbox may begin to listen on its port later. */
export async function startRecordingProxy(params: { readonly targetPort: number }): Promise<RecordingProxy> {
  const exchanges: Exchange[] = [];
  const server = createServer((request, response) => {
    const { method = "GET", url: path = "/", headers } = request;
    const pass = async () => {
      const body = await buffer(request);
      const upstream = forward({
        port: params.targetPort,
        host: "127.0.0.1",
        method,
        path,
        headers,
        agent: false,
      });
      upstream.on("error", () => response.destroy());
      upstream.on("response", (answer) => {
        const { statusCode: status = 0, headers: sent } = answer;
        void buffer(answer).then(
          (content) => {
            exchanges.push({
              method,
              path,
              headers,
              body: body.toString(),
              answer: { status, headers: sent, body: content.toString() },
            });
            response.writeHead(status, answer.rawHeaders).end(content);
          },
          () => response.destroy(),
        );
      });
      upstream.end(body);
    };
    void pass().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    exchanges,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
