/**
 * The key that an Idempotency-Key header names: a string of structured fields (RFC 9651, section 3.3.3), as the draft has
 * it, or the bare characters that most clients send. The schema has checked it.
 */
export function readIdempotencyKey(header: string): string {
  if (!header.startsWith('"')) return header;
  return header.slice(1, -1).replaceAll(/\\(["\\])/g, "$1");
}
