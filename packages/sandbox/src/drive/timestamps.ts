/** A date and time as RFC 3339 writes it; the time and the offset may be missing, UTC is meant then. */
const RFC_3339 =
  /^(\d{4}-\d{2}-\d{2})(?:[Tt ]((?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.\d+)?)([Zz]|[+-]\d{2}:\d{2})?)?$/;

/**
 * Reads an RFC 3339 text as milliseconds since the epoch; null when it is none, or names a day that there is not. UTC where
 * no offset is named.
 */
export function parseTimestamp(text: string): number | null {
  const found = RFC_3339.exec(text);
  if (found === null) return null;
  const [, date = "", time = "00:00:00", offset = "Z"] = found;
  if (!isDay(date)) return null;
  const timeMs = Date.parse(`${date}T${time}${offset.toUpperCase()}`);
  return Number.isNaN(timeMs) ? null : timeMs;
}

/** Date.parse takes the 30th of February for the 2nd of March. */
function isDay(date: string): boolean {
  const dayMs = Date.parse(date);
  return !Number.isNaN(dayMs) && formatTimestamp(dayMs).startsWith(date);
}

/** Writes milliseconds since the epoch as Drive does: RFC 3339 with milliseconds, in UTC. */
export function formatTimestamp(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
