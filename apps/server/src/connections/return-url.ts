import { DrivewayError } from "../platform/index.ts";

const LONGEST = 2048;

/**
 * Takes a return URL as it is or not at all (RFC 9700 section 4.11, no open redirector). What browsers would read in
 * another way than it is written is refused: its text must be what a URL parser writes, and begin with an allowed origin
 * followed by its path. So no userinfo, backslash, blank or dot segment can lead elsewhere.
 * @param wanted.origin of the page that asks; null for a server, which has no browser to send back
 * @throws {DrivewayError} `return_url_not_allowed`
 */
export function requireReturnUrl(
  allowedOrigins: readonly string[],
  wanted: { readonly returnUrl: string | null; readonly origin: string | null },
): string | null {
  const { returnUrl, origin } = wanted;
  if (returnUrl === null) return null;
  if (origin === null) throw refused("needs a page that asks for it, with an Origin");
  if (returnUrl.length > LONGEST) throw refused(`is longer than ${LONGEST} characters`);
  if (!URL.canParse(returnUrl)) throw refused("is no absolute URL");
  const { href } = new URL(returnUrl);
  if (href !== returnUrl && href !== `${returnUrl}/`) throw refused(`is not spelled as ${href}`);
  if (!allowedOrigins.some((allowed) => href.startsWith(`${allowed}/`))) {
    throw refused("has an origin that is not in ALLOWED_ORIGINS");
  }
  if (returnUrl.includes("#")) throw refused("has a fragment");
  return returnUrl;
}

function refused(why: string): DrivewayError {
  return new DrivewayError("return_url_not_allowed", `The return URL ${why}.`);
}
