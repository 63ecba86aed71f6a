import type { ReadFault } from "./read-fault.ts";

/** The spread of drawn latencies: one in six is more than about 1.6 times the median. */
const LOGNORMAL_SIGMA = 0.5;
/** Keeps the logarithm away from 0. */
const LEAST_CHANCE = 1e-9;

/** How long a latency is for a request that drew `chance`, from 0 up to 1; in ms. */
export function latencyMs(
  { ms, jitterMs, distribution }: Extract<ReadFault, { kind: "latency" }>,
  chance: number,
): number {
  if (distribution === "lognormal") return Math.round(ms * Math.exp(LOGNORMAL_SIGMA * normal(chance)));
  return ms + Math.round(jitterMs * chance);
}

/** A value of the standard normal distribution, by Box and Muller, from one draw of which both halves are used. */
function normal(chance: number): number {
  const coarse = Math.max(LEAST_CHANCE, Math.floor(chance * 2 ** 24) / 2 ** 24);
  const fine = (chance * 2 ** 24) % 1;
  return Math.sqrt(-2 * Math.log(coarse)) * Math.cos(2 * Math.PI * fine);
}
