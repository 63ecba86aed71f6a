import { DriveError } from "../../drives/index.ts";

/** Tries that may end without having come further than any before. What fails before the first byte the Drive repeats itself. */
const TRIES_WITHOUT_PROGRESS = 5;

/** What to do after a fault in the middle of a file. */
export type AfterBreak = "go_on" | "begin_anew" | "give_up";

/**
 * Decides how to go on after a fault.
 * @param params.fruitless tries in a row, this one included, that came no further than one before
 * @param params.wasOpen whether the bytes had begun to flow; faults before that have been repeated enough
 * @param params.canResume whether a checksum will tell that the parts belong together
 */
export function decideAfterBreak(params: {
  readonly fault: unknown;
  readonly wasOpen: boolean;
  readonly fruitless: number;
  readonly fromByte: number;
  readonly canResume: boolean;
}): AfterBreak {
  const { fault } = params;
  if (!(fault instanceof DriveError) || params.fruitless >= TRIES_WITHOUT_PROGRESS) return "give_up";
  if (isRangeRefused(fault)) return params.fromByte > 0 ? "begin_anew" : "give_up";
  if (!params.wasOpen || fault.kind !== "try_later" || fault.rateLimited) return "give_up";
  return params.canResume ? "go_on" : "begin_anew";
}

/** The provider sent the whole file in place of its rest, or says that there is no such rest (RFC 9110 section 14.2). */
function isRangeRefused(fault: DriveError): boolean {
  return fault.reason === "range_ignored" || fault.status === 416;
}
