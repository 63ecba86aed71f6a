import { setTimeout as delay } from "node:timers/promises";

const TRIES = 120;
const PAUSE_MS = 250;
const TIMEOUT_MS = 60_000;

export interface ApiReply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Asks the API as a patient client does: the next process when one does not answer, and again on a 5xx, on a 429, and
 * while the first request with the same Idempotency-Key counts as one that is being answered.
 * @throws {Error} when half a minute of that came to nothing
 */
export async function callApi(call: {
  readonly urls: readonly string[];
  readonly token: string;
  readonly method: string;
  readonly path: string;
  readonly body?: object | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}): Promise<ApiReply> {
  let last: unknown = null;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    if (attempt > 0) await delay(PAUSE_MS);
    try {
      const reply = await callOnce(call, call.urls[attempt % call.urls.length] ?? "");
      if (!asksForPatience(reply)) return reply;
      last = `${reply.status} ${JSON.stringify(reply.body)}`;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`${call.method} ${call.path} came to nothing: ${String(last)}`);
}

function asksForPatience({ status, body }: ApiReply): boolean {
  if (status >= 500 || status === 429) return true;
  const error = body.error as { readonly code?: unknown } | undefined;
  return status === 409 && error?.code === "idempotency_key_in_flight";
}

/** Asks one process once. @throws what fetch throws when there is no answer */
async function callOnce(call: Omit<Parameters<typeof callApi>[0], "urls">, url: string): Promise<ApiReply> {
  const hasBody = call.body !== undefined;
  const response = await fetch(`${url}${call.path}`, {
    method: call.method,
    headers: {
      authorization: `Bearer ${call.token}`,
      ...(hasBody ? { "content-type": "application/json" } : {}),
      ...call.headers,
    },
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(hasBody ? { body: JSON.stringify(call.body) } : {}),
  });
  return { status: response.status, body: (await response.json()) as ApiReply["body"] };
}
