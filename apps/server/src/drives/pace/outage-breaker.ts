import {
  BrokenCircuitError,
  CircuitState,
  circuitBreaker,
  DelegateBackoff,
  handleWhen,
  type IHalfOpenAfterBackoffContext,
  SamplingBreaker,
} from "cockatiel";
import { DriveError } from "../drive.ts";
import { backoffMs } from "./backoff-ms.ts";
import type { PaceOutcome } from "./permit.ts";

/** An outage: of the calls of so long, this part or more failed, and it was not just a few. */
const SAMPLED_MS = 15_000;
const FAILING_PART = 0.5;
const LEAST_CALLS = 20;
const PAUSE = { firstMs: 5_000, longestMs: 60_000 } as const;

/** One call that was let through. */
export interface BreakerEntry {
  settle(outcome: PaceOutcome): void;
}

/** Keeps calls from a provider that does not work. */
export interface OutageBreaker {
  /**
   * Lets a call through.
   * @throws {DriveError} `try_later` with `pauseMs` during an outage
   */
  enter(): BreakerEntry;
  /** The fault that {@link enter} would throw; null when it would let a call through. */
  fault(): DriveError | null;
}

/** What ends the promise of a call that says nothing of the provider, or that failed by the provider's fault. */
class CallFailedError extends Error {
  override readonly name = "CallFailedError";
  readonly isOutage: boolean;
  constructor(isOutage: boolean) {
    super("the call failed");
    this.isOutage = isOutage;
  }
}

/**
 * Opens when most calls of the last seconds met faults of the provider's own (5xx, silence, broken connections). After a
 * pause, which grows from time to time, one call looks whether the outage is over; the others wait for what it finds.
 * @param pause for tests
 */
export function createOutageBreaker(pause: { firstMs: number; longestMs: number } = PAUSE): OutageBreaker {
  let opensAgainAtMs = 0;
  let timedOut = false;
  const policy = circuitBreaker(
    handleWhen((error) => {
      if (!(error instanceof CallFailedError)) return false;
      // A probe that was given up has found nothing, so the outage counts as going on.
      return error.isOutage || policy.state === CircuitState.HalfOpen;
    }),
    {
      breaker: new SamplingBreaker({
        threshold: FAILING_PART,
        duration: SAMPLED_MS,
        minimumRps: LEAST_CALLS / (SAMPLED_MS / 1000),
      }),
      halfOpenAfter: new DelegateBackoff((context: IHalfOpenAfterBackoffContext) => {
        // Half of it is certain and half is chance, so that processes do not look all at once.
        const facts = { failures: context.attempt, random: 0.5 + Math.random() / 2 };
        const pauseMs = backoffMs(pause, facts);
        opensAgainAtMs = Date.now() + pauseMs;
        return pauseMs;
      }),
    },
  );

  function fault(): DriveError | null {
    if (policy.state === CircuitState.Closed) return null;
    const pauseMs = policy.state === CircuitState.HalfOpen ? pause.firstMs : opensAgainAtMs - Date.now();
    return pauseMs <= 0 ? null : outage(pauseMs, timedOut);
  }

  return {
    fault,
    enter() {
      const refusal = fault();
      if (refusal !== null) throw refusal;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      policy
        .execute(() => promise)
        .catch((error: unknown) => {
          // What became of the call is told to its caller elsewhere.
          if (!(error instanceof CallFailedError || error instanceof BrokenCircuitError)) throw error;
        });
      return {
        settle(outcome) {
          const isOutage = outcome !== "dropped" && isOutageOutcome(outcome);
          if (isOutage && outcome !== "ok") timedOut = outcome.timedOut;
          if (outcome === "dropped" || isOutage) reject(new CallFailedError(isOutage));
          else resolve();
        },
      };
    },
  };
}

/** A fault of the provider's own; a refusal shows that it works. */
export function isOutageOutcome(outcome: PaceOutcome): boolean {
  if (typeof outcome === "string" || outcome.kind !== "try_later" || outcome.rateLimited) return false;
  return outcome.status === null || outcome.status >= 500;
}

function outage(pauseMs: number, timedOut: boolean): DriveError {
  const message = "The provider has an outage. It is looked after again shortly.";
  return new DriveError("try_later", message, { reason: "provider_outage", timedOut, pauseMs });
}
