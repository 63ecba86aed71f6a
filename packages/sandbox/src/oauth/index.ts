export { AuthorizationCodes } from "./authorization-codes.ts";
export { createAuthorize } from "./bearer.ts";
export type { OAuthClient } from "./client.ts";
export type { GrantChange } from "./grant-change.ts";
export type { Grant } from "./grant.ts";
export { Grants } from "./grants.ts";
export { OAuthClients } from "./oauth-clients.ts";
export { registerOAuthRoutes } from "./register-oauth-routes.ts";
export { SigningKeys } from "./signing-keys.ts";
