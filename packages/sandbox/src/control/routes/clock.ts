import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { SandboxClock } from "../../clock.ts";
import { addResource } from "../add-resource.ts";
import { timeText } from "../time-input.ts";
import { parseInput, refuseRangeErrors } from "../parse-input.ts";

/** What the sandbox's clock shows. */
export interface ClockReply {
  /** RFC 3339, in UTC. */
  readonly now: string;
  /** The same in ms since the epoch. */
  readonly nowMs: number;
  /** How far the clock was moved from the one underneath, in ms. */
  readonly offsetMs: number;
}

const Move = z
  .strictObject({
    now: timeText().optional(),
    advanceMs: z.int().optional(),
    advanceSeconds: z.number().optional(),
  })
  .refine(
    (move) => Object.keys(move).length === 1,
    "one of now, advanceMs and advanceSeconds has to be there",
  );

/** `/clock`: what the clock shows (GET), and moving it (PUT). */
export function registerClock(scope: FastifyInstance, { clock }: { clock: SandboxClock }): void {
  addResource(scope, "/clock", {
    GET: () => presentClock(clock),
    PUT: ({ body }) => {
      const move = parseInput(Move, body);
      refuseRangeErrors(() => moveClock(clock, move));
      return presentClock(clock);
    },
  });
}

/** What the clock shows, for an answer. */
export function presentClock(clock: SandboxClock): ClockReply {
  const nowMs = clock.now();
  return { now: new Date(nowMs).toISOString(), nowMs, offsetMs: clock.offsetMs };
}

function moveClock(clock: SandboxClock, { now, advanceMs, advanceSeconds = 0 }: z.output<typeof Move>): void {
  if (now !== undefined) clock.set(Date.parse(now));
  else clock.advance(advanceMs ?? Math.round(advanceSeconds * 1000));
}
