import { DriveError } from "../drive.ts";
import type { UploadGate } from "./decide-upload-limit.ts";
import { createRateFeedback, type RateFeedback } from "./rate-feedback.ts";

/** How long the others wait for what the one upload finds that looks whether the limit of the day is over. */
const PROBE_MS = 60_000;

/** What goes for uploads of an account beside what goes for all its calls. */
export interface UploadLane {
  readonly feedback: RateFeedback;
  readonly blockedUntilMs: number;
  isOpen(nowMs: number): boolean;
  begin(): void;
  end(): void;
  /** What all nodes know together; `probe` lets one upload go. */
  setGate(gate: UploadGate, nowMs: number): void;
  /** An upload came through. */
  open(): void;
  /** Why no upload may even wait; null when it may. */
  fault(nowMs: number): DriveError | null;
  isCalm(nowMs: number): boolean;
}

export function createUploadLane(mostCalls: number): UploadLane {
  const feedback = createRateFeedback(mostCalls);
  let underWay = 0;
  let probes = 0;
  let closedUntilMs = Number.NEGATIVE_INFINITY;
  return {
    feedback,
    get blockedUntilMs() {
      return feedback.blockedUntilMs;
    },
    isOpen(nowMs) {
      if (probes > 0) return true;
      return nowMs >= Math.max(closedUntilMs, feedback.blockedUntilMs) && underWay < feedback.limit;
    },
    begin() {
      underWay += 1;
      if (probes > 0) probes -= 1;
    },
    end() {
      underWay -= 1;
    },
    setGate(gate, nowMs) {
      if (gate.kind === "closed")
        closedUntilMs = Math.max(closedUntilMs, nowMs + Math.max(1_000, gate.forMs));
      if (gate.kind === "open") closedUntilMs = Number.NEGATIVE_INFINITY;
      if (gate.kind !== "probe") return;
      probes = 1;
      closedUntilMs = nowMs + PROBE_MS;
    },
    open() {
      closedUntilMs = Number.NEGATIVE_INFINITY;
    },
    fault(nowMs) {
      if (nowMs >= closedUntilMs || probes > 0) return null;
      const pauseMs = Math.ceil(closedUntilMs - nowMs);
      const message = "The provider takes no more uploads of this account today; they go on by themselves.";
      return new DriveError("try_later", message, { reason: "upload_limit_day", rateLimited: true, pauseMs });
    },
    isCalm: (nowMs) => underWay === 0 && nowMs >= closedUntilMs && feedback.isCalm(nowMs),
  };
}
