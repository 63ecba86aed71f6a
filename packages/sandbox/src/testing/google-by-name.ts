import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import type { LookupFunction } from "node:net";
import type { TlsAddress } from "../tls/index.ts";

/** What a request under one of Google's names brought back. */
interface NamedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** An agent for which every host name leads to the sandbox, and which trusts the sandbox's authority alone. */
export function agentByName({ caFile, port }: TlsAddress): Agent {
  const lookup: LookupFunction = (_hostName, options, done) => {
    const address = { address: "127.0.0.1", family: 4 };
    if (options.all === true) return done(null, [address]);
    done(null, address.address, address.family);
  };
  const agent = new Agent({ ca: readFileSync(caFile), lookup });
  // Clients ask for port 443, which takes rights to listen on.
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => connect({ ...options, port }, callback);
  return agent;
}

/** Calls an address of Google's by such an agent; redirects are not followed. */
export async function callByName(
  agent: Agent,
  address: string,
  {
    method = "GET",
    headers = {},
    body = "",
  }: { method?: string; headers?: Readonly<Record<string, string>>; body?: string } = {},
): Promise<NamedAnswer> {
  return await new Promise((resolve, reject) => {
    const asked = request(address, { agent, method, headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on("error", reject);
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(pieces).toString("utf8"),
        }),
      );
    });
    asked.on("error", reject);
    asked.end(body);
  });
}
