export { AuthorizationCodes } from "./authorization-codes.ts";
export { createAuthorize } from "./bearer.ts";
export type { OAuthClient } from "./client.ts";
export type { GrantChange } from "./grant-change.ts";
export { Grants } from "./grants.ts";
export { registerOAuthRoutes } from "./register-oauth-routes.ts";
export { generateSigningKey } from "./signing-key.ts";
