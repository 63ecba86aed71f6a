import type { OAuthClient } from "./client.ts";
import { redirectUriFault } from "./redirect-uri-fault.ts";

/** The OAuth clients that the sandbox knows. Each has grants of its own. */
export class OAuthClients {
  readonly #clients: ReadonlyMap<string, OAuthClient>;

  /**
   * @throws RangeError when an id is empty or there twice, a secret is empty, or an address could not be registered at
   *   Google
   */
  constructor(clients: readonly OAuthClient[]) {
    for (const client of clients) checkClient(client);
    this.#clients = new Map(clients.map((client) => [client.clientId, client]));
    if (this.#clients.size < clients.length) throw new RangeError("clients: a client id is there twice");
  }

  /** The client with this id; null when there is none. */
  find(clientId: string): OAuthClient | null {
    return this.#clients.get(clientId) ?? null;
  }

  get all(): readonly OAuthClient[] {
    return [...this.#clients.values()];
  }
}

function checkClient({ clientId, clientSecret, redirectUris }: OAuthClient): void {
  if (clientId === "") throw new RangeError("clientId: must not be empty");
  if (clientSecret === "") throw new RangeError("clientSecret: must not be empty");
  for (const address of redirectUris ?? []) {
    const fault = redirectUriFault(address);
    if (fault !== null) throw new RangeError(`redirectUris: ${address} ${fault}`);
  }
}
