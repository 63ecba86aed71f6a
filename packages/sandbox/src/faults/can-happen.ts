import type { Fault } from "./fault.ts";

/** What a fault takes of a request. */
interface Circumstances {
  /** As in the request log. */
  readonly kind: string;
  readonly batched: boolean;
  readonly hasBody: boolean;
}

/** Faults that take the one kind of request to which they can happen. */
const ONLY_ON: Readonly<Partial<Record<Fault["kind"], string>>> = {
  redirect: "files.get.media",
  withhold: "upload.resumable.chunk",
  partialPersist: "upload.resumable.chunk",
};

/** Within a batch there is no connection of one's own to break. */
const WITHIN_A_BATCH: ReadonlySet<Fault["kind"]> = new Set(["status", "html", "latency"]);

/** The one kind of request that a fault can happen to; null when it is not tied to one. */
export function onlyKindOf({ kind }: Fault): string | null {
  return ONLY_ON[kind] ?? null;
}

/** Whether a fault can happen to a request; a rule passes over those to which it cannot. */
export function canHappen(fault: Fault, { kind, batched, hasBody }: Circumstances): boolean {
  if (batched && !WITHIN_A_BATCH.has(fault.kind)) return false;
  if (bearsOnBody(fault) && !hasBody) return false;
  return (onlyKindOf(fault) ?? kind) === kind;
}

/** Whether a fault is one of the request's body, and not one of the answer. */
export function bearsOnBody(fault: Fault): boolean {
  if (fault.kind === "slow") return fault.of === "request";
  if (fault.kind === "reset") return fault.afterRequestBytes !== undefined;
  return fault.kind === "partialPersist";
}
