import { type Bucket, fill, take } from "./bucket.ts";
import { learnOfUploads, NO_UPLOADS, uploadGate } from "./decide-upload-limit.ts";
import type {
  AccountAsk,
  AccountGrant,
  AccountState,
  PaceAsk,
  PaceStates,
  ProjectState,
} from "./pace-exchange.ts";
import { gathering, type Shares, sharesOf } from "./pace-shares.ts";
import { advance, NOTHING_GRANTED, settleHolder, usedUnits } from "./sliding-grants.ts";

/** A node may spend a slice for so long after it asked for it; each question renews what it still holds. */
export const SLICE_MS = 2_000;
/** An account takes part in the sharing for so long after it last wanted something. */
const TAKES_PART_MS = 3_000;

/**
 * Answers one node: takes its account of what it spent, and gives it slices. In any sliding minute no more is given than the
 * account and the project have, counted by when it can have been spent. Interactive and small work goes first; bulk work
 * that fits into what is left hurries; the rest goes at an even pace, the project's shared fairly among accounts.
 */
export function decideExchange(
  states: PaceStates,
  ask: PaceAsk,
  nowMs: number,
): { readonly project: ProjectState; readonly accounts: AccountState[]; readonly grants: AccountGrant[] } {
  const user = sharesOf(ask.quotas.userUnitsPerMinute);
  const whole = sharesOf(ask.quotas.projectUnitsPerMinute);
  let project = withCredits(projectAt(states.project, whole, nowMs), ask.accounts, whole, nowMs);
  const accounts: AccountState[] = [];
  const grants: AccountGrant[] = [];
  for (const wanted of ask.accounts) {
    const account = accountAt(states.accounts.get(wanted.key), user, nowMs);
    const answer = answerOne({ project, account, wanted, user, whole, holder: ask.holder, nowMs });
    project = answer.project;
    accounts.push(answer.account);
    grants.push(answer.grant);
  }
  return { project, accounts, grants };
}

interface Question {
  readonly project: ProjectState;
  readonly account: AccountState;
  readonly wanted: AccountAsk;
  readonly user: Shares;
  readonly whole: Shares;
  readonly holder: string;
  readonly nowMs: number;
}

function answerOne(question: Question) {
  const { wanted, nowMs } = question;
  const told = afterAccounting(question);
  const blockedUntilMs = Math.max(told.account.blockedUntilMs, nowMs + wanted.blockForMs);
  const shared = blockedUntilMs > nowMs ? NOTHING_SHARED : share({ ...question, ...told });
  const { hurried, paced } = shared;
  // What quick work wants beyond its part goes on at the even pace, beside bulk work.
  const pacedQuick = pacedForQuick(wanted, shared);
  const quick = shared.quick + pacedQuick;
  const learnt = learnOfUploads(told.account.uploads, wanted.uploads, nowMs);
  const { gate, facts } = uploadGate(learnt, { wantsUpload: wanted.wantsUpload, nowMs });
  const change = {
    spent: 0,
    returned: 0,
    granted: shared.quick + paced + hurried,
    nowMs,
    untilMs: nowMs + SLICE_MS,
  };
  const { project, account } = told;
  const credit = project.credits[wanted.key];
  return {
    project: {
      grants: settleHolder(project.grants, { ...change, holder: projectHolder(question) }),
      quick: take(project.quick, shared.quick),
      line: take(project.line, paced),
      credits:
        credit === undefined
          ? project.credits
          : { ...project.credits, [wanted.key]: { ...credit, units: Math.max(0, credit.units - paced) } },
    },
    account: {
      grants: settleHolder(account.grants, { ...change, holder: question.holder }),
      quick: take(account.quick, shared.quick),
      line: take(account.line, paced),
      blockedUntilMs,
      uploads: facts,
    },
    grant: {
      key: wanted.key,
      kept: told.kept,
      quick,
      burst: hurried,
      bulk: paced - pacedQuick,
      room: roomOf({ ...question, ...told }),
      blockedForMs: Math.max(0, blockedUntilMs - nowMs),
      uploads: gate,
    },
  };
}

const NOTHING_SHARED = { quick: 0, paced: 0, hurried: 0 };

/** In the project's books every node has an entry for each account, so that both run out together. */
function projectHolder({ holder, wanted }: Question): string {
  return `${holder} ${wanted.key}`;
}

function afterAccounting(question: Question) {
  const { wanted, holder, nowMs } = question;
  const kept = question.account.grants.held[holder] !== undefined;
  const { spent } = wanted;
  const returned = wanted.returned.quick + wanted.returned.burst + wanted.returned.bulk;
  const change = { spent, returned, granted: 0, nowMs, untilMs: nowMs + SLICE_MS };
  // What comes back unused does not count as a step of the pace, unless it ran out meanwhile.
  const unused = kept ? wanted.returned : { quick: 0, bulk: 0 };
  const account = {
    ...question.account,
    grants: settleHolder(question.account.grants, { ...change, holder }),
    quick: take(question.account.quick, -unused.quick),
    line: take(question.account.line, -unused.bulk),
  };
  const project = {
    ...question.project,
    grants: settleHolder(question.project.grants, { ...change, holder: projectHolder(question) }),
    quick: take(question.project.quick, -unused.quick),
    line: take(question.project.line, -unused.bulk),
  };
  return { kept, account, project };
}

/** Whole units for each kind of work; together never more than both minutes have left. */
function share({ project, account, wanted, user, whole }: Question) {
  const left = Math.min(user.limit - usedUnits(account.grants), whole.limit - usedUnits(project.grants));
  const quick = least(wanted.quick, left, account.quick.units, project.quick.units);
  const bulkLeft =
    Math.min(user.bulkLimit - usedUnits(account.grants), whole.bulkLimit - usedUnits(project.grants)) - quick;
  const mayHurry = wanted.burst > 0 && wanted.burstLeft <= roomOf({ project, account, user, whole }) - quick;
  const hurried = mayHurry ? least(wanted.burst, bulkLeft) : 0;
  const rest = wanted.bulk + (mayHurry ? 0 : wanted.burst) + (wanted.quick - quick);
  const others = creditsBut(project, wanted.key);
  const fair = Math.max(project.credits[wanted.key]?.units ?? 0, project.line.units - others);
  const paced = least(rest, bulkLeft - hurried, account.line.units, fair);
  return { quick, paced, hurried };
}

/** Quick work gets no more than half of the even pace while other work wants it too. */
function pacedForQuick(
  wanted: AccountAsk,
  shared: { quick: number; paced: number; hurried: number },
): number {
  const missing = wanted.quick - shared.quick;
  const others = wanted.bulk + (wanted.burst - shared.hurried);
  return Math.min(missing, Math.max(Math.floor(shared.paced / 2), shared.paced - others));
}

/** What a piece of bulk work may need to its end, to hurry: it must leave the other accounts theirs. */
function roomOf({ project, account, user, whole }: Pick<Question, "project" | "account" | "user" | "whole">) {
  const takingPart = Math.max(1, Object.keys(project.credits).length);
  const own = user.bulkLimit - usedUnits(account.grants);
  return Math.max(0, Math.min(own, (whole.bulkLimit - usedUnits(project.grants)) / takingPart));
}

/** The least of them, as whole units, and never less than none. */
function least(...bounds: readonly number[]): number {
  return Math.max(0, Math.floor(Math.min(...bounds)));
}

function creditsBut(project: ProjectState, key: string): number {
  let sum = 0;
  for (const [other, { units }] of Object.entries(project.credits)) if (other !== key) sum += units;
  return sum;
}

function projectAt(state: ProjectState | null, whole: Shares, nowMs: number): ProjectState {
  return {
    grants: advance(state?.grants ?? NOTHING_GRANTED, nowMs),
    quick: fill(state?.quick, whole.quick, nowMs),
    line: fill(state?.line, whole.line, nowMs),
    credits: state?.credits ?? {},
  };
}

function accountAt(state: Partial<AccountState> | undefined, user: Shares, nowMs: number): AccountState {
  return {
    grants: advance(state?.grants ?? NOTHING_GRANTED, nowMs),
    quick: fill(state?.quick, user.quick, nowMs),
    line: fill(state?.line, user.line, nowMs),
    blockedUntilMs: state?.blockedUntilMs ?? 0,
    uploads: state?.uploads ?? NO_UPLOADS,
  };
}

/** Every account that takes part gathers its equal part of the project's line; who does not ask any more leaves. */
function withCredits(
  project: ProjectState,
  asks: readonly AccountAsk[],
  whole: Shares,
  nowMs: number,
): ProjectState {
  const credits: Record<string, Bucket & { readonly seenMs: number }> = {};
  for (const [key, credit] of Object.entries(project.credits)) {
    if (nowMs - credit.seenMs <= TAKES_PART_MS) credits[key] = credit;
  }
  for (const { key, bulk, burst } of asks) {
    if (bulk + burst > 0) credits[key] = { ...(credits[key] ?? { units: 0, atMs: nowMs }), seenMs: nowMs };
  }
  const shape = gathering(whole.line.unitsPerMs / Math.max(1, Object.keys(credits).length));
  for (const [key, credit] of Object.entries(credits)) {
    credits[key] = { ...credit, ...fill(credit, shape, nowMs) };
  }
  return { ...project, credits };
}
