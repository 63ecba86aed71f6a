import type { OutageBreaker } from "./outage-breaker.ts";
import type { PaceRules } from "./pace-rules.ts";
import type { PaceTimers } from "./pace-timers.ts";
import { createRateFeedback, type RateFeedback } from "./rate-feedback.ts";
import { createSlice, type Slice } from "./slice.ts";
import { createUploadLane, type UploadLane } from "./upload-lane.ts";
import { createUploadNews, type CountedNews } from "./upload-news.ts";
import { createWaitingCalls, type WaitingCalls } from "./waiting-calls.ts";

/** What an account's pace is made with. */
export interface AccountPaceParams {
  /** The account's name among nodes. */
  readonly key: string;
  readonly rules: PaceRules;
  /** False when no units are counted. */
  readonly counts: boolean;
  /** No call counts for more, as it could never be made. */
  readonly mostUnits: number;
  readonly mostCalls: number;
  readonly timers: PaceTimers;
  readonly random: () => number;
  readonly breaker: OutageBreaker;
  /** Called when the other nodes may have to be asked sooner. */
  readonly onNeed: () => void;
}

/** What is known of one account in this process. */
export interface AccountParts extends AccountPaceParams {
  readonly waiting: WaitingCalls;
  readonly slice: Slice;
  readonly pace: RateFeedback;
  readonly uploads: UploadLane;
  readonly news: CountedNews;
  /** Calls that have their permit. */
  underWay: number;
}

export function createAccountParts(params: AccountPaceParams): AccountParts {
  return {
    ...params,
    waiting: createWaitingCalls(),
    slice: createSlice(params.counts),
    pace: createRateFeedback(params.mostCalls),
    uploads: createUploadLane(params.mostCalls),
    news: createUploadNews(),
    underWay: 0,
  };
}
