import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import {
  type RequestEntry,
  type RequestLog,
  RequestWaitTimeout,
  SandboxClosedError,
} from "../../traffic/index.ts";
import { addResource } from "../add-resource.ts";
import { clientGone, closed, conflict } from "../control-error.ts";
import { parseInput } from "../parse-input.ts";
import { flagText, wholeText } from "../query-values.ts";

const LONGEST_WAIT_MS = 10 * 60 * 1000;

const filterMembers = {
  since: z.exactOptional(wholeText()),
  kind: z.exactOptional(z.string()),
  fileId: z.exactOptional(z.string()),
  email: z.exactOptional(z.string()),
  clientId: z.exactOptional(z.string()),
  method: z.exactOptional(z.string()),
  status: z.exactOptional(wholeText({ most: 599 })),
  fault: z.exactOptional(z.string()),
  outcome: z.exactOptional(z.enum(["open", "sent", "cut"])),
  batched: z.exactOptional(flagText()),
};

const Search = z.strictObject({ ...filterMembers, limit: wholeText().default(1000) });
const Wait = z.strictObject({
  ...filterMembers,
  count: z.exactOptional(wholeText({ least: 1, most: 100_000 })),
  timeoutMs: z.exactOptional(wholeText({ most: LONGEST_WAIT_MS })),
});
const Since = z.strictObject({ since: wholeText().default(0) });

/** A request of the log, with its time in words. */
type EntryReply = RequestEntry & { readonly at: string };

/** Some requests of the log. */
interface RequestsReply {
  /** To hand to `since` for what comes after this answer. */
  readonly mark: number;
  /** How many requests matched, those beyond the limit included. */
  readonly total: number;
  /** The latest that matched, oldest first. */
  readonly entries: readonly EntryReply[];
}

/** `/requests`: searching (GET) and forgetting (DELETE) the log; `/requests/counts` and `/requests/wait`. */
export function registerRequests(scope: FastifyInstance, { requests }: { requests: RequestLog }): void {
  addResource(scope, "/requests", {
    GET: ({ query }) => {
      const { limit, ...filter } = parseInput(Search, query);
      return replyOf(requests, requests.find(filter), limit);
    },
    DELETE: () => requests.clear(),
  });
  addResource(scope, "/requests/counts", {
    GET: ({ query }) => {
      const { since } = parseInput(Since, query);
      return { mark: requests.mark(), ...requests.summary(since) };
    },
  });
  addResource(scope, "/requests/wait", { GET: (request, reply) => wait(requests, request, reply) });
}

/** Answers when enough matching requests are there, or with 409 `wait_timed_out`, or 503 `sandbox_closed`. */
async function wait(
  requests: RequestLog,
  { query }: FastifyRequest,
  reply: FastifyReply,
): Promise<RequestsReply> {
  const { count, timeoutMs, ...filter } = parseInput(Wait, query);
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  const options = {
    signal: gone.signal,
    ...(count !== undefined && { count }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
  try {
    return replyOf(requests, await requests.waitFor(filter, options));
  } catch (error) {
    if (error instanceof RequestWaitTimeout) throw conflict("wait_timed_out", error.message);
    if (error instanceof SandboxClosedError) throw closed(error.message);
    if (gone.signal.aborted) throw clientGone();
    throw error;
  }
}

function replyOf(
  requests: RequestLog,
  found: readonly RequestEntry[],
  limit: number = found.length,
): RequestsReply {
  const latest = limit === 0 ? [] : found.slice(-limit);
  const entries = latest.map((entry) => ({ ...entry, at: new Date(entry.atMs).toISOString() }));
  return { mark: requests.mark(), total: found.length, entries };
}
