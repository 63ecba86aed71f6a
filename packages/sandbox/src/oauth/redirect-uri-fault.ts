const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Two dots as a segment of the path; parsing takes them for such however they are written. */
const TRAVERSAL = /(^|[/\\])(?:\.|%2e){2}([/\\?]|$)/i;

/**
 * What is wrong with an address that a web client wants to register for redirects, by Google's rules ("Redirect URI
 * validation" in the guide for web server apps): https unless it is loopback, no raw IP address, no wildcard, no
 * fragment, no user info, no path traversal, nothing that is not printed. What is allowed can be sent as it is written.
 *
 * @returns a few words for the person who registers it; null when nothing is wrong
 */
export function redirectUriFault(address: string): string | null {
  // Parsing leaves out some of these characters silently.
  if (/[\s\p{Cc}]/u.test(address)) return "has a space or a control character";
  const parsed = URL.parse(address);
  if (parsed === null) return "is no absolute address";
  if (address.includes("#")) return "has a fragment";
  if (parsed.username !== "" || parsed.password !== "") return "has user info";
  if (address.includes("*")) return "has a wildcard";
  if (TRAVERSAL.test(address)) return "has a path traversal";
  return hostFault(parsed);
}

/** Whether an address leads to the machine itself, over http or https. */
export function isLoopbackAddress(parsed: URL): boolean {
  const isWeb = parsed.protocol === "http:" || parsed.protocol === "https:";
  return isWeb && LOOPBACK_HOSTS.has(parsed.hostname);
}

function hostFault(parsed: URL): string | null {
  if (isLoopbackAddress(parsed)) return null;
  if (parsed.protocol !== "https:") return "is not https";
  if (/^[\d.]+$|^\[/.test(parsed.hostname)) return "has a raw IP address";
  return null;
}
