import { isLoopbackAddress, redirectUriFault } from "./redirect-uri-fault.ts";

/** An OAuth client ("web application") that the sandbox knows. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Registered redirect addresses, compared exactly; null accepts every loopback address. */
  readonly redirectUris: readonly string[] | null;
}

/**
 * Whether the client may be sent back to this address. Registered addresses are compared to the letter
 * (scheme, case and trailing slash count); without a register any loopback address is taken, as Google
 * exempts loopback from its https rule. What could not be registered is refused in both cases.
 */
export function acceptsRedirectUri(client: OAuthClient, redirectUri: string): boolean {
  if (redirectUriFault(redirectUri) !== null) {
    return false;
  }
  if (client.redirectUris !== null) {
    return client.redirectUris.includes(redirectUri);
  }
  const parsed = URL.parse(redirectUri);
  return parsed !== null && isLoopbackAddress(parsed);
}
