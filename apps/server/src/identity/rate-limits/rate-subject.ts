import { isIPv4, isIPv6 } from "node:net";
import type { Principal } from "../principal.ts";

/** Whose requests are counted together. Each kind has a place of its own in memory, so that none can push out another. */
export interface RateSubject {
  readonly kind: "principal" | "address" | "account";
  readonly value: string;
}

/**
 * A principal: all keys of a user in a tenant together, all sessions together, all tokens of the host together. So many keys
 * give no more, and a program that runs wild does not lock its owner's browser out.
 */
export function ofPrincipal({ tenantId, userId, kind }: Principal): RateSubject {
  return { kind: "principal", value: `${tenantId} ${userId} ${kind}` };
}

/** An address; of IPv6 the network of 64 bits, which is what one customer of a provider gets (RFC 6177). */
export function ofAddress(address: string): RateSubject {
  return { kind: "address", value: networkOf(address) };
}

/** An account, known or not, by its e-mail address. */
export function ofAccount(email: string): RateSubject {
  return { kind: "account", value: email.trim().toLowerCase() };
}

function networkOf(address: string): string {
  const [bare = ""] = address.split("%");
  if (!isIPv6(bare)) return bare;
  const mapped = bare.slice(bare.lastIndexOf(":") + 1);
  if (isIPv4(mapped)) return /^(0*:)*:?ffff:/i.test(bare) ? mapped : groupsOf(bare.replace(mapped, "0:0"));
  return groupsOf(bare);
}

/** The first four of the eight groups, written in one way (RFC 4291, 2.2). */
function groupsOf(address: string): string {
  const [left = "", right] = address.split("::");
  const head = left === "" ? [] : left.split(":");
  const tail = right === undefined || right === "" ? [] : right.split(":");
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => "0");
  const groups = [...head, ...zeros, ...tail].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}
