import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * The floor: the least that a server in Node.js can do. It answers `/json/<bytes>` with JSON and `/bytes/<bytes>` with
 * bytes, of that length and always the same, and takes whatever is sent to it.
 */
const PIECE = Buffer.alloc(1024 * 1024, "floor");

const server = createServer((request, response) => {
  if (request.method !== "GET") return takeAll(request, response);
  const [, kind, bytes] = (request.url ?? "").split("/");
  if (kind === "json") sendJson(response, Number(bytes));
  else sendBytes(response, Number(bytes));
});

const texts = new Map<number, string>();

function sendJson(response: ServerResponse, bytes: number): void {
  const text = texts.get(bytes) ?? JSON.stringify("x".repeat(Math.max(bytes - 2, 0)));
  texts.set(bytes, text);
  response.writeHead(200, { "content-type": "application/json", "content-length": text.length }).end(text);
}

function sendBytes(response: ServerResponse, bytes: number): void {
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": bytes });
  let left = bytes;
  const go = () => {
    while (left > PIECE.byteLength) {
      left -= PIECE.byteLength;
      if (!response.write(PIECE)) return void response.once("drain", go);
    }
    response.end(PIECE.subarray(0, left));
  };
  go();
}

function takeAll(request: IncomingMessage, response: ServerResponse): void {
  request.resume().on("end", () => sendJson(response, 400));
}

server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ origin: `http://127.0.0.1:${port}` }));
});
process.stdin.on("close", () => process.exit(0)).resume();
