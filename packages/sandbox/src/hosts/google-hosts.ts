/** The hosts of Google whose work the sandbox does, by what they do. */
export const googleHosts = {
  accounts: "accounts.google.com",
  token: "oauth2.googleapis.com",
  api: "www.googleapis.com",
  userinfo: "openidconnect.googleapis.com",
  content: "content.googleapis.com",
  drive: "drive.google.com",
  docs: "docs.google.com",
  pictures: "lh3.googleusercontent.com",
} as const;

/** Who Google says it is in ID tokens. */
const googleIssuer = "https://accounts.google.com";

const GOOGLE_HOST = /^(?:[a-z0-9-]+\.)*(?:google|googleapis|googleusercontent)\.com(?::\d+)?$/i;
const GOOGLE_ORIGIN_START = "https://";

/**
 * Whether a request was meant for Google itself, and reached the sandbox because names were made to lead here.
 *
 * @param host the Host header, with or without a port
 */
export function isGoogleHost(host: string): boolean {
  return GOOGLE_HOST.test(host);
}

/**
 * The address under which a client reaches the sandbox, without a slash at the end. Google's hosts speak https alone,
 * also where something in between has taken the encryption off.
 */
export function originAt({ host, protocol }: { host: string; protocol: string }): string {
  return isGoogleHost(host) ? `${GOOGLE_ORIGIN_START}${host}` : `${protocol}://${host}`;
}

/**
 * The address of a part of the sandbox for a client that reached another part at `origin`: under Google's names the host
 * that does this at Google, at the same port, and otherwise the origin itself, which does everything.
 */
export function siblingOrigin(origin: string, part: keyof typeof googleHosts): string {
  if (!isGoogleOrigin(origin)) return origin;
  const [, port] = origin.slice(GOOGLE_ORIGIN_START.length).split(":");
  return `${GOOGLE_ORIGIN_START}${googleHosts[part]}${port === undefined ? "" : `:${port}`}`;
}

/** Who signs ID tokens, seen from `origin`: the same at all of Google's hosts, whatever the port. */
export function issuerAt(origin: string): string {
  return isGoogleOrigin(origin) ? googleIssuer : origin;
}

function isGoogleOrigin(origin: string): boolean {
  return origin.startsWith(GOOGLE_ORIGIN_START) && isGoogleHost(origin.slice(GOOGLE_ORIGIN_START.length));
}
