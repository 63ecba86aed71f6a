import type { FastifyRequest } from "fastify";
import { type QuotaParty, quotaCallOf, type QuotaRefusal } from "../../quotas/index.ts";
import { parseByteRange } from "../byte-range.ts";
import type { Caller } from "../caller.ts";
import {
  dailyLimitExceeded,
  type DriveError,
  forbidden,
  rateLimitExceeded,
  userRateLimitExceeded,
  userRateLimitExceededBriefly,
} from "../errors.ts";
import type { DriveContext } from "./drive-context.ts";

/**
 * Charges a call to its caller, by the kind that the log has it under; a part of a batch is a call like any other.
 * Throws when a limit does not allow it, and then charges nothing: 403 `userRateLimitExceeded` or `rateLimitExceeded`,
 * 429 `rateLimitExceeded`, 403 `dailyLimitExceeded`, 403 `downloadQuotaExceeded`. Follows "Usage limits" and "Resolve
 * errors" of the Drive guides; which of the forms comes when is not documented, and follows the setting `refusal`.
 */
export function chargeCall(context: DriveContext, request: FastifyRequest, caller: Caller): void {
  const call = quotaCallOf({ kind: request.traffic.kind, method: request.method });
  const refusal = context.quotas.admit(partyOf(caller), call);
  if (refusal !== null) throw errorFor(refusal, context.settings.current.quotas, caller.clientId);
  request.traffic.units = call.units;
}

/**
 * Counts the bytes of a download that is about to be answered: those that it asks for, whether or not all of them then
 * arrive; a HEAD asks for none. Throws 416 as parseByteRange does.
 */
export function countDownload(
  { quotas }: DriveContext,
  request: FastifyRequest,
  { caller, sizeBytes }: { caller: Caller; sizeBytes: number },
): void {
  const range = parseByteRange(request.headers.range, sizeBytes);
  if (request.method === "HEAD") return;
  quotas.countDown(partyOf(caller), range ? range.end - range.start : sizeBytes);
}

/** On whose account a caller's use goes. */
export function partyOf({ account, clientId }: Caller): QuotaParty {
  return { sub: account.sub, email: account.email, clientId };
}

type QuotaSettings = DriveContext["settings"]["current"]["quotas"];

function errorFor({ limit, ordinal }: QuotaRefusal, settings: QuotaSettings, clientId: string): DriveError {
  switch (limit) {
    case "userMinute":
      return userMinuteError(ordinal, settings, clientId);
    case "projectMinute":
      return rateLimitExceeded(projectStatus(ordinal, settings), settings);
    case "projectDay":
      return dailyLimitExceeded();
    case "fileCreations":
      return userRateLimitExceeded(clientId, settings);
    case "uploadDay":
      return userRateLimitExceededBriefly({ retryAfterSeconds: null });
    case "downloadDay":
      return forbidden("downloadQuotaExceeded", "The download quota for this file has been exceeded.");
  }
}

/** In turn: the long form of 403, the short one, 429. */
function userMinuteError(ordinal: number, settings: QuotaSettings, clientId: string): DriveError {
  const turn = settings.refusal === "alternate" ? ordinal % 3 : 0;
  if (settings.refusal === "429" || turn === 2) return rateLimitExceeded(429, settings);
  return turn === 1 ? userRateLimitExceededBriefly(settings) : userRateLimitExceeded(clientId, settings);
}

function projectStatus(ordinal: number, { refusal }: QuotaSettings): 403 | 429 {
  if (refusal === "alternate") return ordinal % 2 === 0 ? 403 : 429;
  return refusal === "429" ? 429 : 403;
}
