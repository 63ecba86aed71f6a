import type { StopReason } from "./job-end.ts";

/** Thrown by the work on an item or chunk when the whole job has no chance. */
export class StopJobError extends Error {
  override readonly name = "StopJobError";
  readonly reason: StopReason;

  constructor(reason: StopReason, options: { readonly cause?: unknown } = {}) {
    super(reason.message, options);
    this.reason = reason;
  }
}
