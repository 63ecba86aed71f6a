export type { ApiKey } from "./api-keys/api-key.ts";
export { type AuditActor, recordEvent } from "./audit/record-event.ts";
export type { PrincipalDescription } from "./describe-principal.ts";
export { BootstrapError } from "./bootstrap/bootstrap-error.ts";
export { createIdentity, type Identity } from "./identity.ts";
export type { JwtSettings } from "./jwt/jwt-settings.ts";
export { allows, type Principal, type Scope } from "./principal.ts";
export { sessionCookieName } from "./sign-in/create-auth.ts";
export type { Session } from "./sign-in/sign-in.ts";
