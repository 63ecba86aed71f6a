import type { FaultPlan } from "./faults/index.ts";
import type { SandboxParts } from "./open-parts.ts";
import type { SandboxOptions } from "./sandbox-options.ts";

/**
 * Puts the faults of the options in force: the latency on every call of Drive, and the plan behind it.
 *
 * @returns does so again
 * @throws RangeError for a plan that is none, which names the rule as it was given
 */
export function beginFaults(
  { faults, requestKinds }: Pick<SandboxParts, "faults" | "requestKinds">,
  options: SandboxOptions,
): () => void {
  // Alone first: a refusal then counts the rules as they were given, without the latency before them.
  if (options.faults !== undefined) faults.replace(options.faults);
  const plan = planOf(options, [...requestKinds]);
  faults.replace(plan);
  // A file that the plan names may be gone by then.
  const rules = plan.rules.map((rule) => ({ ...rule, fileMayAppear: true }));
  return () => faults.replace({ ...plan, rules });
}

function planOf(
  { faults, latencyMs = 0, latencyJitterMs = 0 }: SandboxOptions,
  kinds: readonly string[],
): FaultPlan {
  if (latencyMs === 0 && latencyJitterMs === 0) return faults ?? { rules: [] };
  const route = kinds.filter((kind) => !kind.startsWith("oauth."));
  const latency = { kind: "latency", ms: latencyMs, jitterMs: latencyJitterMs } as const;
  return { ...faults, rules: [{ route, fault: latency }, ...(faults?.rules ?? [])] };
}
