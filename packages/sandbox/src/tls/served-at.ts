import { googleHosts, isGoogleHost } from "../hosts/google-hosts.ts";

const API_HOSTS = /^(?!oauth2\.|openidconnect\.)[a-z0-9.-]+\.googleapis\.com$/;

/** Which of Google's hosts serve which paths; the first line that a path begins with holds. */
const PLACES: readonly (readonly [start: string, isServedBy: (hostName: string) => boolean])[] = [
  ["/o/oauth2/", (name) => name === googleHosts.accounts],
  ["/.well-known/openid-configuration", (name) => name === googleHosts.accounts],
  ["/token", (name) => name === googleHosts.token],
  ["/revoke", (name) => name === googleHosts.token],
  ["/oauth2/v3/certs", (name) => name === googleHosts.api],
  ["/v1/userinfo", (name) => name === googleHosts.userinfo],
  ["/drive/v3", (name) => API_HOSTS.test(name)],
  ["/upload/drive/v3", (name) => API_HOSTS.test(name)],
  ["/batch/drive/v3", (name) => API_HOSTS.test(name)],
  ["/drive-storage/", (name) => name.endsWith(".googleusercontent.com")],
];

/**
 * Whether a path is to be found under a host name. Under its own names the sandbox serves everything; under Google's,
 * what has one place there is found in that place only, and the rest everywhere.
 *
 * @param host the Host header, with or without a port
 */
export function isServedAt(host: string, path: string): boolean {
  if (!isGoogleHost(host)) return true;
  const place = PLACES.find(([start]) => path.startsWith(start));
  const [hostName = ""] = host.toLowerCase().split(":");
  return place?.[1](hostName) ?? true;
}
