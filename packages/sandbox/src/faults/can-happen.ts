import type { ReadFault } from "./read-fault.ts";

/** What a fault takes of a request. */
interface Circumstances {
  /** As in the request log. */
  readonly kind: string;
  readonly batched: boolean;
  readonly isHead: boolean;
  /** How long the request's body is; 0 for none, Infinity where only its end tells. */
  readonly bodyBytes: number;
}

/** Faults that take the one kind of request to which they can happen. */
const ONLY_ON: Readonly<Partial<Record<ReadFault["kind"], string>>> = {
  redirect: "files.get.media",
  withhold: "upload.resumable.chunk",
  partialPersist: "upload.resumable.chunk",
};

/** Within a batch there is no connection of one's own to break. */
const WITHIN_A_BATCH: ReadonlySet<ReadFault["kind"]> = new Set(["status", "html", "latency"]);

/** The one kind of request that a fault can happen to; null when it is not tied to one. */
export function onlyKindOf({ kind }: ReadFault): string | null {
  return ONLY_ON[kind] ?? null;
}

/** Whether a fault can happen to a request, as its head tells; a rule passes over those to which none of its faults can. */
export function canHappen(fault: ReadFault, { kind, batched, isHead, bodyBytes }: Circumstances): boolean {
  if (batched && !WITHIN_A_BATCH.has(fault.kind)) return false;
  if (bearsOnBody(fault) && bodyBytes <= keptBytesOf(fault)) return false;
  if (isHead && bearsOnAnswerBody(fault)) return false;
  return (onlyKindOf(fault) ?? kind) === kind;
}

/** Whether a fault is one of the request's body, and not one of the answer. */
export function bearsOnBody(fault: ReadFault): boolean {
  if (fault.kind === "slow") return fault.of === "request";
  if (fault.kind === "reset") return fault.afterRequestBytes !== undefined;
  return fault.kind === "partialPersist";
}

/** Whether a fault is one of the answer's body, and none of its head. */
function bearsOnAnswerBody(fault: ReadFault): boolean {
  if (fault.kind === "slow") return fault.of === "answer";
  if (fault.kind === "reset" || fault.kind === "stall") return fault.afterBytes !== undefined;
  return fault.kind === "truncate" || fault.kind === "wrongLength" || fault.kind === "flipByte";
}

/** A chunk that is no longer than the part to be kept is kept whole. */
function keptBytesOf(fault: ReadFault): number {
  return fault.kind === "partialPersist" ? fault.keptBytes : 0;
}
