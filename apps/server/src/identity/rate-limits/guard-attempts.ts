import { DrivewayError, type ErrorCode } from "../../platform/index.ts";
import { boundedWork } from "./bounded-work.ts";
import { ofAccount, ofAddress } from "./rate-subject.ts";
import { type RateLimits, requireAdmission } from "./rate-limits.ts";

/** Password hashes at a time in one process, and how many may wait for their turn. */
const HASHES = { most: 4, waiting: 32 };

interface GuardedAttempt {
  /** The caller's address, as the edge saw it. */
  readonly address: string;
  /** The account that somebody tries to get into; null where none is named, as with an invitation's token. */
  readonly email: string | null;
  /** The errors that count as a failure. Whatever else becomes of the attempt, it is not counted. */
  readonly failures: readonly ErrorCode[];
  /** Called when it is refused, the first time in a minute. */
  readonly onRefused?: () => void;
}

/**
 * Lets somebody try to get in by a secret that people choose or that is guessed at. An attempt is counted before the work
 * is done, so that many at once are no way around the limit, and uncounted unless it fails; a success leaves what failed before.
 * Throws `rate_limited`, or `overloaded` when too many password hashes wait already.
 */
export type AttemptGuard = <T>(attempt: GuardedAttempt, work: () => Promise<T>) => Promise<T>;

/** Makes the guard of sign-ins and of other attempts that count like them. */
export function createAttemptGuard({ rateLimits }: { readonly rateLimits: RateLimits }): AttemptGuard {
  const bounded = boundedWork(HASHES);
  return async ({ address, email, failures, onRefused }, work) => {
    const subjects = email === null ? [ofAddress(address)] : [ofAddress(address), ofAccount(email)];
    const admissions: ReturnType<RateLimits["take"]>[] = [];
    for (const subject of subjects) {
      admissions.push(rateLimits.take("sign-ins", subject));
      // Who is refused touches no further count: the accounts that they name would push others out of memory.
      if (admissions.at(-1)?.allowed === false) break;
    }
    const uncount = () => {
      for (const admission of admissions) admission?.giveBack();
    };
    const refused = admissions.find((admission) => admission?.allowed === false);
    if (refused !== undefined) {
      uncount();
      if (refused?.isFirstRefusal) onRefused?.();
      requireAdmission(refused);
    }
    try {
      const result = await bounded(work);
      uncount();
      return result;
    } catch (error) {
      if (!(error instanceof DrivewayError && failures.includes(error.code))) uncount();
      throw error;
    }
  };
}
