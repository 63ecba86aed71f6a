import { createHash, timingSafeEqual } from "node:crypto";
import type { OAuthClient } from "./client.ts";
import type { OAuthContext } from "./oauth-context.ts";
import { OAuthError } from "./oauth-error.ts";

/**
 * Checks the client's own credentials at the token endpoint: `client_secret_basic` or `client_secret_post`
 * (RFC 6749 §2.3.1). A web client must send its secret even when it uses PKCE.
 *
 * @returns the client
 * @throws OAuthError invalid_request (400) when the id or the secret is missing, invalid_client (401) when
 *   one of them is wrong, deleted_client (401)
 */
export function authenticateClient(
  { clients, settings }: Pick<OAuthContext, "clients" | "settings">,
  { form, authorizationHeader }: { form: URLSearchParams; authorizationHeader: string | undefined },
): OAuthClient {
  const { clientId, clientSecret } = basicCredentials(authorizationHeader) ?? {
    clientId: form.get("client_id"),
    clientSecret: form.get("client_secret"),
  };
  if (clientId === null || clientId === "") {
    throw invalidRequest("Could not determine client ID from request.");
  }
  const client = clients.find(clientId);
  if (client === null) {
    throw unauthenticated("invalid_client", "The OAuth client was not found.");
  }
  if (settings.current.oauth.deletedClients.includes(clientId)) {
    throw unauthenticated("deleted_client", "The OAuth client was deleted.");
  }
  if (clientSecret === null || clientSecret === "") {
    throw invalidRequest("client_secret is missing.");
  }
  if (!timingSafeEqual(sha256(clientSecret), sha256(client.clientSecret))) {
    throw unauthenticated("invalid_client", "The provided client secret is invalid.");
  }
  return client;
}

function basicCredentials(header: string | undefined): { clientId: string; clientSecret: string } | null {
  const encoded = /^Basic +(\S+)\s*$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) {
    return null;
  }
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0) {
    throw unauthenticated("invalid_client", "The Authorization header cannot be read.");
  }
  return { clientId: formDecode(text.slice(0, colon)), clientSecret: formDecode(text.slice(colon + 1)) };
}

/** Both halves of a Basic credential are form-encoded first; a stray `%` is then taken as it stands. */
function formDecode(text: string): string {
  return new URLSearchParams(`v=${text.replaceAll("&", "%26")}`).get("v") ?? text;
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function invalidRequest(description: string): OAuthError {
  return new OAuthError({ status: 400, error: "invalid_request", description });
}

function unauthenticated(error: "invalid_client" | "deleted_client", description: string): OAuthError {
  return new OAuthError({ status: 401, error, description });
}
