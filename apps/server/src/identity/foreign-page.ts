/** What a browser says about the page that a request comes from. */
export interface ForeignPageFacts {
  /** The Origin header (RFC 6454); `null` is a text too, of pages that hide theirs. */
  readonly origin: string | undefined;
  /** The Sec-Fetch-Site header (W3C Fetch Metadata). */
  readonly fetchSite?: string | undefined;
  /** Whether a cookie alone makes the request valid, and it changes something, so that only a page of ours may send it. */
  readonly isCookieCall: boolean;
}

/**
 * Whether a page sent a request that may not. Browsers name the origin of everything that changes something, so a request
 * by cookie without one comes from no browser of today, unless it is one that says that the page is ours or that there is
 * none (OWASP, CSRF prevention: verifying the origin, and Fetch Metadata).
 */
export function comesFromForeignPage(facts: ForeignPageFacts, allowed: ReadonlySet<string>): boolean {
  const { origin, fetchSite } = facts;
  if (origin !== undefined) return !allowed.has(origin);
  return facts.isCookieCall && fetchSite !== "same-origin" && fetchSite !== "none";
}

/**
 * The same for a read that has an effect: browsers name no origin there, and older ones nothing at all, so only what says
 * that it comes from another site is refused.
 */
export function readsFromForeignPage(
  facts: Pick<ForeignPageFacts, "origin" | "fetchSite">,
  allowed: ReadonlySet<string>,
): boolean {
  const { origin, fetchSite } = facts;
  if (origin !== undefined) return !allowed.has(origin);
  return fetchSite !== undefined && fetchSite !== "same-origin" && fetchSite !== "none";
}
