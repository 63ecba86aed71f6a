import type { AccountParts } from "./account-parts.ts";
import type { PaceOutcome } from "./permit.ts";

/** What a call's end teaches of the account's pace. */
export function learnOutcome(
  parts: AccountParts,
  call: { readonly isUpload: boolean; readonly begunAtMs: number },
  outcome: PaceOutcome,
): void {
  if (outcome === "dropped") return;
  if (outcome === "ok") learnSuccess(parts, call);
  else if (outcome.rateLimited) learnRateAnswer(parts, { ...call, ...outcome });
}

function learnSuccess(
  { pace, uploads, news }: AccountParts,
  { isUpload, begunAtMs }: { readonly isUpload: boolean; readonly begunAtMs: number },
): void {
  pace.learnOk(begunAtMs);
  if (!isUpload) return;
  uploads.feedback.learnOk(begunAtMs);
  uploads.open();
  news.count("uploadsDone");
}

function learnRateAnswer(
  { pace, uploads, news, rules, timers, random, onNeed }: AccountParts,
  answer: {
    readonly isUpload: boolean;
    readonly begunAtMs: number;
    readonly reason: string;
    readonly retryAfterMs: number | null;
  },
): void {
  const { isUpload, begunAtMs, reason, retryAfterMs } = answer;
  const isSlow = rules.slowReasons.includes(reason);
  // What the provider says of an upload without naming a time may be true of uploads alone.
  const feedback = isUpload && retryAfterMs === null ? uploads.feedback : pace;
  feedback.learnRefusal({ begunAtMs, nowMs: timers.now(), retryAfterMs, isSlow, random: random() });
  if (!isUpload) news.count("othersRefused");
  else if (rules.uploadLimitReasons.includes(reason)) news.count("uploadsRefused");
  onNeed();
}
