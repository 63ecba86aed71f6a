/** The one OAuth client ("web application") that the sandbox knows. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Registered redirect addresses, compared exactly; null accepts every loopback address. */
  readonly redirectUris: readonly string[] | null;
}

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Whether the client may be sent back to this address. Registered addresses are compared to the letter
 * (scheme, case and trailing slash count); without a register any loopback address is taken, as Google
 * exempts loopback from its https rule. Fragments and user info are refused in both cases.
 */
export function acceptsRedirectUri(client: OAuthClient, redirectUri: string): boolean {
  const parsed = URL.parse(redirectUri);
  if (parsed === null || redirectUri.includes("#") || parsed.username !== "" || parsed.password !== "") {
    return false;
  }
  if (client.redirectUris !== null) {
    return client.redirectUris.includes(redirectUri);
  }
  const webScheme = parsed.protocol === "http:" || parsed.protocol === "https:";
  return webScheme && LOOPBACK_HOSTS.has(parsed.hostname);
}
