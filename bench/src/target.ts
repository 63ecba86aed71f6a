import { Pool } from "undici";
import { atOnce, type Done } from "./at-once.ts";
import { RawConnection } from "./raw-connection.ts";

const MEASURED_MS = 2000;

/** A request with a body. */
export interface Sending {
  readonly path: string;
  readonly method?: "POST" | "PUT";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What came back. */
interface Answer {
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A server that is measured, and how to be let in. */
export class Target {
  readonly #origin: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #pool: Pool;

  constructor(origin: string, headers: Readonly<Record<string, string>> = {}) {
    this.#origin = origin;
    this.#headers = headers;
    this.#pool = new Pool(origin, { pipelining: 1 });
  }

  /** Asks for one path after the other, over so many connections; the amount is what bodies were long, in bytes. */
  async gets(
    places: number,
    pathAt: (number: number) => string,
    {
      forMs = MEASURED_MS,
      headers = {},
    }: { forMs?: number; headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Done> {
    const connections: RawConnection[] = [];
    let number = 0;
    const done = await atOnce(places, forMs, () => {
      const connection = new RawConnection(this.#origin);
      connections.push(connection);
      return () => connection.get(pathAt(number++), { ...this.#headers, ...headers });
    });
    for (const connection of connections) connection.close();
    return done;
  }

  /** Sends the same again and again, over so many connections; the amount is what was sent, in bytes. */
  async sends(places: number, sending: Sending, forMs: number = MEASURED_MS): Promise<Done> {
    return await atOnce(places, forMs, () => async () => {
      await this.send(sending);
      return sending.body.byteLength;
    });
  }

  /** Sends once. Throws for a status other than 200. */
  async send({ path, method = "POST", headers = {}, body }: Sending): Promise<Answer> {
    const response = await this.#pool.request({
      path,
      method,
      headers: { ...this.#headers, ...headers },
      body,
    });
    const text = await response.body.text();
    if (response.statusCode !== 200) throw new Error(`${method} ${path}: ${response.statusCode} ${text}`);
    return { text, headers: response.headers };
  }

  /** Reads JSON. Throws for a status other than 200. */
  async json<Value>(path: string): Promise<Value> {
    const response = await this.#pool.request({ path, method: "GET", headers: this.#headers });
    const text = await response.body.text();
    if (response.statusCode !== 200) throw new Error(`GET ${path}: ${response.statusCode} ${text}`);
    return JSON.parse(text) as Value;
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}
