import { DriveError } from "../drive.ts";
import { type KnownRefusal, knownRefusal, MISSING, PACE, UNCONVERTIBLE } from "./refusals.ts";

/** An answer that is not a success. */
export interface Refusal {
  readonly status: number;
  /** As it came; HTML and nothing at all are possible. Null when it broke off. */
  readonly body: string | null;
  readonly retryAfter: string | null;
  readonly nowMs: number;
}

/** Says what a refusal of the Drive API means, from its status, headers and body alone. */
export function readGoogleError(refusal: Refusal): DriveError {
  const said = parseEnvelope(refusal.body);
  const known = said.reasons.map(knownRefusal).find((entry) => entry !== undefined);
  const refused = forStatus(refusal.status, known, said);
  return new DriveError(refused.kind, refused.message, {
    reason: said.reasons[0] ?? `http_${refusal.status}`,
    status: refusal.status,
    location: said.location,
    meaning: refused.meaning ?? null,
    retryAfterMs: longer(parseRetryAfter(refusal.retryAfter, refusal.nowMs), refused.retryAfterMs ?? null),
    pauseMs: refused.pauseMs ?? null,
    rateLimited: refused.rateLimited === true,
  });
}

/** Most statuses say too little alone: a 403 may ask for patience, a 409 tell of a file that is there already. */
const CUT_SHORT: KnownRefusal = {
  kind: "try_later",
  message: "Google refused the request, and what it said of why was cut short.",
};

function longer(asked: number | null, known: number | null): number | null {
  return known === null ? asked : Math.max(asked ?? 0, known);
}

function forStatus(status: number, known: KnownRefusal | undefined, said: Envelope): KnownRefusal {
  if (status === 401) return { kind: "stale_token", message: "Google refused the access token." };
  if (status === 429) return known?.rateLimited === true ? known : PACE;
  if (status >= 500 || status === 408)
    return { kind: "try_later", message: "Google Drive has a fault of its own." };
  // Redirects are not followed; that of a download was dealt with before.
  if (status < 400) return { kind: "try_later", message: "Google's answer was not intelligible." };
  if (known !== undefined) return known;
  if (said.isCut && status !== 404 && status !== 410) return CUT_SHORT;
  if (status === 404 || status === 410) return MISSING;
  if (status === 403) {
    const message = sentenceWith(said, "Google Drive does not allow this");
    return said.usageLimits ? PACE : { kind: "not_allowed", message };
  }
  if (said.location === "convertTo") return UNCONVERTIBLE;
  return { kind: "refused", message: sentenceWith(said, "Google Drive refused the request") };
}

function sentenceWith(said: Envelope, sentence: string): string {
  const reason = said.reasons[0];
  const where = said.location === null ? "" : ` at "${said.location}"`;
  return reason === undefined ? `${sentence}.` : `${sentence} (${reason}${where}).`;
}

interface Envelope {
  /** Most telling first: `errors[]`, then `details[]`. */
  readonly reasons: readonly string[];
  readonly usageLimits: boolean;
  readonly location: string | null;
  /** Whether it was longer than what has come of it. */
  readonly isCut: boolean;
}

function parseEnvelope(body: string | null): Envelope {
  const json = body === null ? undefined : parseJson(body);
  const error = field(json, "error");
  const items = asList(field(error, "errors"));
  const reasons = [...items, ...asList(field(error, "details"))]
    .map((entry) => field(entry, "reason"))
    .filter((reason) => typeof reason === "string")
    .map((reason) => reason.slice(0, 100));
  const location = field(items[0], "location");
  return {
    reasons,
    usageLimits: field(items[0], "domain") === "usageLimits",
    location: typeof location === "string" ? location.slice(0, 100) : null,
    isCut: json === undefined && (body ?? "{").trimStart().startsWith("{"),
  };
}

/** Undefined for what is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** `Retry-After` in seconds or as a date (RFC 9110 section 10.2.3), in milliseconds from now; null when it says neither. */
export function parseRetryAfter(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
