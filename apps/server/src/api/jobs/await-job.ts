import type { FastifyReply, FastifyRequest } from "fastify";
import type { Principal } from "../../identity/index.ts";
import { DrivewayError } from "../../platform/index.ts";
import type { Job, JobOutcome, Transfers } from "../../transfers/index.ts";
import { parsePrefer, waitMsOf } from "../parse-prefer.ts";

/** Most files whose outcome one reply tells. Of a larger job they are read page by page. */
const MOST_ITEMS = 1_000;

/**
 * Waits for a job on behalf of the request that made it, as long as is usual for it or as the client prefers
 * (RFC 7240). The wait ends when the client goes; the job does not.
 * @returns what came of it; null when it goes on in the background, or has too many files for one reply
 * @throws {DrivewayError} `REAUTH_REQUIRED` when a dead grant stopped it before anything was moved
 */
export async function awaitJob(
  transfers: Transfers,
  params: {
    readonly request: FastifyRequest;
    readonly reply: FastifyReply;
    readonly principal: Principal;
    readonly jobId: string;
    readonly type: Job["type"];
    readonly usualMs: number;
  },
): Promise<JobOutcome | null> {
  const { request, reply, principal, jobId, type } = params;
  const preference = parsePrefer(request.headers.prefer);
  const timeoutMs = waitMsOf(preference, params.usualMs);
  if (preference.applied !== "") void reply.header("preference-applied", preference.applied);
  if (timeoutMs === 0) return null;
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  const { tenantId } = principal;
  if (!(await transfers.waitForJob({ tenantId, jobId, timeoutMs, signal: gone.signal }))) return null;
  const { totalItems } = await transfers.getJob({ principal, jobId });
  if (totalItems > MOST_ITEMS) return null;
  const outcome = await transfers.jobOutcome({ tenantId, jobId, type });
  if (outcome.madeIds.length === 0 && outcome.failed.some(({ code }) => code === "REAUTH_REQUIRED")) {
    throw new DrivewayError("REAUTH_REQUIRED", "The account must be connected again.", {
      details: { job_id: jobId },
    });
  }
  return outcome;
}

/** Says how many files were moved, for people. Those that were there already count as moved, and are told of. */
export function outcomeMessage(outcome: JobOutcome, verb: "imported" | "exported"): string {
  const { skipped } = outcome;
  const made = outcome.madeIds.length;
  const failed = outcome.failed.length;
  const place = verb === "imported" ? "in the library" : "in the folder";
  const known = skipped === 0 ? "" : `; ${skipped} ${skipped === 1 ? "was" : "were"} ${place} already`;
  if (failed > 0) return `${made} of ${made + failed} files ${verb}, ${failed} failed${known}`;
  return `${made} ${made === 1 ? "file" : "files"} ${verb} successfully${known}`;
}
