/** What a client prefers about waiting (RFC 7240). */
export interface WaitPreference {
  readonly respondAsync: boolean;
  /** Null when it said nothing about waiting. */
  readonly waitMs: number | null;
  /** What is honoured of it, as `Preference-Applied` says it; empty when it prefers nothing. */
  readonly applied: string;
}

const LONGEST_WAIT_SECONDS = 60;

/**
 * Reads `respond-async` and `wait=N` from a Prefer header (RFC 7240, sections 4.1 and 4.3); N is seconds, 60 at the
 * most. Preferences that are unknown or malformed are ignored, as the standard asks; the first of two equal ones counts.
 */
export function parsePrefer(header: string | readonly string[] | undefined): WaitPreference {
  const text = header === undefined ? "" : [header].flat().join(",");
  let respondAsync = false;
  let waitSeconds: number | null = null;
  for (const preference of text.split(",")) {
    const [token = ""] = preference.split(";");
    const [name = "", value = ""] = token.split("=").map((part) => part.trim());
    if (name.toLowerCase() === "respond-async") respondAsync = true;
    const seconds = /^(?:"(\d{1,9})"|(\d{1,9}))$/.exec(value);
    if (name.toLowerCase() === "wait" && seconds !== null) {
      waitSeconds ??= Math.min(Number(seconds[1] ?? seconds[2]), LONGEST_WAIT_SECONDS);
    }
  }
  const applied = [
    ...(respondAsync ? ["respond-async"] : []),
    ...(waitSeconds === null ? [] : [`wait=${waitSeconds}`]),
  ];
  return {
    respondAsync,
    waitMs: waitSeconds === null ? null : waitSeconds * 1000,
    applied: applied.join(", "),
  };
}

/**
 * How long a request waits for its job, in milliseconds: as long as the client asked, not at all when it only asked
 * for that, else as long as is usual for it.
 */
export function waitMsOf(
  preference: Pick<WaitPreference, "respondAsync" | "waitMs">,
  usualMs: number,
): number {
  return preference.waitMs ?? (preference.respondAsync ? 0 : usualMs);
}
