import { connect, type Socket } from "node:net";

const READ_BYTES = 1024 * 1024;
const HEAD_END = Buffer.from("\r\n\r\n");

interface Awaited {
  readonly resolve: (bodyBytes: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One connection of HTTP/1.1 that reads answers and drops them, so cheaply that the server is what is measured: all is
 * read into the same memory, and only heads are looked at. One request at a time; answers must tell their length.
 */
export class RawConnection {
  readonly #origin: URL;
  readonly #socket: Socket;
  #head = Buffer.alloc(0);
  #bodyBytes = 0;
  #leftBytes: number | null = null;
  #awaited: Awaited | null = null;

  constructor(origin: string) {
    this.#origin = new URL(origin);
    const onread = {
      buffer: Buffer.alloc(READ_BYTES),
      callback: (count: number, buffer: Uint8Array) => {
        this.#take(Buffer.from(buffer.buffer, buffer.byteOffset, count));
        return true;
      },
    };
    this.#socket = connect({ host: this.#origin.hostname, port: Number(this.#origin.port), onread });
    this.#socket.setNoDelay(true);
    this.#socket.on("error", (error) => this.#awaited?.reject(error));
    this.#socket.on("close", () => this.#awaited?.reject(new Error("The connection ended too early")));
  }

  /** Asks for a path and drops what comes. Gives the length of the body; rejects for a status other than 200 and 206. */
  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return new Promise((resolve, reject) => {
      this.#awaited = { resolve, reject };
      this.#socket.write(`GET ${path} HTTP/1.1\r\nhost: ${this.#origin.host}\r\n${lines.join("")}\r\n`);
    });
  }

  close(): void {
    this.#awaited = null;
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    const rest = this.#leftBytes === null ? this.#takeHead(bytes) : bytes.byteLength;
    if (this.#leftBytes === null) return;
    this.#leftBytes -= rest;
    if (this.#leftBytes > 0) return;
    this.#leftBytes = null;
    this.#awaited?.resolve(this.#bodyBytes);
  }

  /** How much of the bytes belongs to the body. */
  #takeHead(bytes: Buffer): number {
    const before = this.#head.byteLength;
    this.#head = Buffer.concat([this.#head, bytes]);
    const end = this.#head.indexOf(HEAD_END);
    if (end < 0) return 0;
    const head = this.#head.toString("latin1", 0, end);
    this.#head = Buffer.alloc(0);
    this.#bodyBytes = Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
    this.#leftBytes = this.#bodyBytes;
    if (!/^HTTP\/1\.1 20[06] /.test(head) || Number.isNaN(this.#bodyBytes)) {
      this.#awaited?.reject(new Error(`Not an answer to measure: ${head}`));
    }
    return before + bytes.byteLength - end - HEAD_END.byteLength;
  }
}
