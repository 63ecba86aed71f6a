const SCOPE_PREFIX = "https://www.googleapis.com/auth/";

export const openidScope = "openid";
export const emailScope = `${SCOPE_PREFIX}userinfo.email`;
export const profileScope = `${SCOPE_PREFIX}userinfo.profile`;
export const driveFileScope = `${SCOPE_PREFIX}drive.file`;

/** What a scope lets an app do, in the words of the consent page. */
const scopeWords: ReadonlyMap<string, string> = new Map([
  [openidScope, "Associate you with your personal info"],
  [emailScope, "See your primary email address"],
  [profileScope, "See your personal info, including any you have made publicly available"],
  [`${SCOPE_PREFIX}drive`, "See, edit, create and delete all of your Drive files"],
  [driveFileScope, "See, edit, create and delete only the specific Drive files you use with this app"],
  [`${SCOPE_PREFIX}drive.readonly`, "See and download all your Drive files"],
  [`${SCOPE_PREFIX}drive.metadata`, "View and manage metadata of files in your Drive"],
  [`${SCOPE_PREFIX}drive.metadata.readonly`, "See information about your Drive files"],
  [`${SCOPE_PREFIX}drive.install`, "Connect itself to your Drive"],
  [`${SCOPE_PREFIX}drive.appdata`, "See, create and delete its own configuration data in your Drive"],
]);

const canonicalNames: ReadonlyMap<string, string> = new Map([
  ["email", emailScope],
  ["profile", profileScope],
]);

const identityScopes: ReadonlySet<string> = new Set([openidScope, emailScope, profileScope]);

/** Sign-in scopes cannot be unticked on the consent page. */
export function isIdentityScope(scope: string): boolean {
  return identityScopes.has(scope);
}

/** The sentence that the consent page shows for a scope. */
export function describeScope(scope: string): string {
  return scopeWords.get(scope) ?? scope;
}

/**
 * Reads the `scope` parameter: splits it at spaces, replaces the short names by the canonical ones, and adds
 * `openid` where another sign-in scope is asked for, as Google does.
 *
 * @returns the scopes, and those that do not exist
 */
export function parseScopes(scope: string): { scopes: Set<string>; unknown: string[] } {
  const names = scope.split(" ").filter((name) => name !== "");
  const scopes = new Set(names.map((name) => canonicalNames.get(name) ?? name));
  if (scopes.has(emailScope) || scopes.has(profileScope)) {
    scopes.add(openidScope);
  }
  return { scopes, unknown: [...scopes].filter((name) => !scopeWords.has(name)) };
}
