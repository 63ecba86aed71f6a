import { isLoopback } from "../../platform/index.ts";

const GOOGLE_HOST = /\.(googleusercontent|googleapis)\.com$/;

/**
 * Reads an address that Google's API sent us to: a redirect's target or an upload session. Only Google's own hosts by https
 * are taken, and this machine's when the API itself is here; anything else is null.
 */
export function readTrustedAddress(params: {
  readonly location: string | null;
  readonly base: URL;
  readonly apiRoot: URL;
}): URL | null {
  const { location, base, apiRoot } = params;
  if (location === null || !URL.canParse(location, base.href)) return null;
  const target = new URL(location, base);
  if (target.username !== "" || target.password !== "") return null;
  const local = isLoopback(apiRoot) && isLoopback(target);
  const google = target.protocol === "https:" && GOOGLE_HOST.test(target.hostname);
  return local || google || target.origin === apiRoot.origin ? target : null;
}
