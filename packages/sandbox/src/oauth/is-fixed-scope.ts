import type { LiveSettings } from "../settings/index.ts";
import { isIdentityScope } from "./scopes.ts";

/**
 * Whether a scope is granted with Allow, without a tick box of its own: the sign-in scopes, the only one that is asked
 * for, and all scopes where an administrator trusts the app (`granularConsent`).
 */
export function isFixedScope(settings: LiveSettings, asked: ReadonlySet<string>, scope: string): boolean {
  return !settings.current.oauth.granularConsent || asked.size === 1 || isIdentityScope(scope);
}
