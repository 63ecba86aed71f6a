const ROOT = "https://www.googleapis.com/auth/";

/** What identifies the account. Always asked for: without it a connection could not be told from another. */
const IDENTITY_SCOPES = ["openid", "email", "profile"] as const;

/** Short names that Google answers in their long form. */
const CANONICAL: Readonly<Record<string, string>> = {
  email: `${ROOT}userinfo.email`,
  profile: `${ROOT}userinfo.profile`,
};

/** Wider scopes with what they include. */
const INCLUDED: Readonly<Record<string, readonly string[]>> = {
  [`${ROOT}drive`]: ["drive.readonly", "drive.file", "drive.metadata", "drive.metadata.readonly"].map(
    (name) => ROOT + name,
  ),
  [`${ROOT}drive.readonly`]: [`${ROOT}drive.metadata.readonly`],
  [`${ROOT}drive.metadata`]: [`${ROOT}drive.metadata.readonly`],
};

/** The scopes to ask for: those configured, and whatever identifies the account. */
export function requestedScopes(configured: readonly string[]): string[] {
  const canonical = new Set(configured.map(canonicalScope));
  const missing = IDENTITY_SCOPES.filter((scope) => !canonical.has(canonicalScope(scope)));
  return [...missing, ...configured];
}

/** Google's own spelling of a scope, in which it tells what was granted. */
export function canonicalScope(scope: string): string {
  return CANONICAL[scope] ?? scope;
}

/** Whether every Drive scope that is configured was granted, by itself or within a wider one. Order does not matter. */
export function coversDriveScopes(configured: readonly string[], granted: readonly string[]): boolean {
  const held = new Set<string>();
  for (const scope of granted.map(canonicalScope)) {
    held.add(scope);
    for (const included of INCLUDED[scope] ?? []) held.add(included);
  }
  return configured.filter(isDriveScope).every((scope) => held.has(scope));
}

/** Whether the scopes show every file with its bytes; `drive.file` shows those only that were picked or made by us. */
export function seesAllFiles(granted: readonly string[]): boolean {
  return granted.some((scope) => scope === `${ROOT}drive` || scope === `${ROOT}drive.readonly`);
}

function isDriveScope(scope: string): boolean {
  return scope === `${ROOT}drive` || scope.startsWith(`${ROOT}drive.`);
}
