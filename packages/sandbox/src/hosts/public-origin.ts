const ORIGIN_ALONE = /^https?:\/\/[^/?#@\\\s]+\/?$/i;

/** Reads the address by which clients reach a sandbox; null when it is no http or https origin, or more than one. */
export function parsePublicOrigin(text: string): string | null {
  if (!ORIGIN_ALONE.test(text)) return null;
  return URL.parse(text)?.origin ?? null;
}
