import type { CustomFetch } from "openid-client";
import type { Clock } from "../../platform/index.ts";
import { DriveError } from "../drive.ts";
import { networkError } from "./network-error.ts";
import { parseRetryAfter } from "./read-google-error.ts";

/**
 * `fetch` for the OAuth endpoints: silence, 429 and 5xx become `try_later` before the protocol is looked at, so that no
 * passing fault can be taken for a dead grant. Redirects are refused.
 */
export function createOauthFetch(params: { clock: Clock; signal?: AbortSignal }): CustomFetch {
  return async (url, options) => {
    const signals = [options.signal, params.signal].filter((signal) => signal !== undefined);
    const { body = null, method, headers } = options;
    const request = { body, method, headers, redirect: "manual" as const, signal: AbortSignal.any(signals) };
    const response = await fetch(url, request).catch((cause: unknown) => {
      throw networkError(cause, params.signal);
    });
    if (response.status !== 429 && response.status < 500) return response;
    await response.body?.cancel();
    throw new DriveError("try_later", "Google's sign-in service has a fault of its own.", {
      reason: `http_${response.status}`,
      status: response.status,
      rateLimited: response.status === 429,
      retryAfterMs: parseRetryAfter(response.headers.get("retry-after"), params.clock.now()),
    });
  };
}
