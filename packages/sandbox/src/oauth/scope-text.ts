import { randomInt } from "node:crypto";

/**
 * Joins scopes with spaces in an arbitrary order. Google promises none, so a client must compare as a set;
 * the shuffle brings out a client that does not.
 */
export function scopeText(scopes: ReadonlySet<string>): string {
  const remaining = [...scopes];
  const shuffled: string[] = [];
  while (remaining.length > 0) {
    shuffled.push(...remaining.splice(randomInt(remaining.length), 1));
  }
  return shuffled.join(" ");
}
