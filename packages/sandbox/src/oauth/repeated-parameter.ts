/** The name of a parameter that is there more than once, which OAuth forbids (RFC 6749 §3.1); null when none is. */
export function repeatedParameter(params: URLSearchParams): string | null {
  const seen = new Set<string>();
  for (const name of params.keys()) {
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return null;
}
