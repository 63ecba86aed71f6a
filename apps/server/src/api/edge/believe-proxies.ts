import { isIP } from "node:net";
import type { FastifyRequest } from "fastify";

/**
 * Takes out of X-Forwarded-For what is no address, with everything before it: whoever wrote that wrote the rest. Ports
 * that some proxies add are left out. So `request.ip` is always an address, and one that a trusted proxy saw.
 */
export async function tidyForwardedFor({ raw }: FastifyRequest): Promise<void> {
  const sent = raw.headers["x-forwarded-for"];
  if (sent === undefined) return;
  const addresses = forwardedAddresses(String(sent));
  if (addresses.length === 0) delete raw.headers["x-forwarded-for"];
  else raw.headers["x-forwarded-for"] = addresses.join(", ");
}

/** The addresses at the end of a list, up to the first from the right that is none. */
export function forwardedAddresses(header: string): string[] {
  const entries = header.split(",").map(bareAddress);
  const firstGood = entries.findLastIndex((entry) => isIP(entry) === 0) + 1;
  return entries.slice(firstGood);
}

/** `203.0.113.7`, `203.0.113.7:4711`, `2001:db8::1`, `[2001:db8::1]:4711` without the port. */
function bareAddress(entry: string): string {
  const text = entry.trim();
  const bracketed = /^\[([^\]]*)\](:\d{1,5})?$/.exec(text)?.[1];
  return bracketed ?? /^([\d.]+):\d{1,5}$/.exec(text)?.[1] ?? text;
}
