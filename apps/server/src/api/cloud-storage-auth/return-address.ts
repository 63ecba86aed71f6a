import type { AttemptOutcome } from "../../connections/index.ts";

/**
 * Where the browser goes at the end of a full-page redirect: the return URL, with what became of the attempt in the query.
 * No code, state or e-mail address gets into it, since addresses end up in histories and logs.
 */
export function returnAddress(returnUrl: string, outcome: AttemptOutcome): string {
  const url = new URL(returnUrl);
  // Set and not added: an address that was given with a result of its own must not outshout this one.
  for (const name of ["status", "connection_id", "error"]) url.searchParams.delete(name);
  const result: Record<string, string> = outcome.succeeded
    ? { status: "succeeded", connection_id: outcome.connection.id }
    : { status: "failed", error: outcome.code ?? "internal_error" };
  for (const [name, value] of Object.entries(result)) url.searchParams.set(name, value);
  return url.href;
}
