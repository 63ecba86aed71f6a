import type { AddressInfo } from "node:net";

/** Where everybody is listened to, as the system writes it. */
const EVERYWHERE: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);
const LOOPBACK = "127.0.0.1";

/**
 * The host by which this machine reaches a server: the loopback where the server listens on all addresses, which are
 * none to send anything to.
 *
 * @param host as the server was told to listen on
 * @param address what it then listened on
 */
export function reachableHost(host: string, { address }: Pick<AddressInfo, "address">): string {
  return EVERYWHERE.has(address) ? LOOPBACK : host;
}

/** The origin by which this machine reaches a server, without a slash at the end. */
export function listeningOrigin(
  protocol: "http" | "https",
  { host, address }: { host: string; address: AddressInfo | string | null },
): string {
  if (address === null || typeof address === "string") {
    throw new TypeError("The sandbox does not listen on a TCP port");
  }
  const reachable = reachableHost(host, address);
  return `${protocol}://${reachable.includes(":") ? `[${reachable}]` : reachable}:${address.port}`;
}
