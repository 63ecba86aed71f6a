import type { Fault, FaultPlan, FaultRule } from "@driveway/sandbox";

/** One request in so many meets a fault; of the calls within a batch, which meets its own, fewer. */
const ONE_IN = 8;
const ONE_PART_IN = 8;

const UNAVAILABLE: readonly Fault[] = [
  { kind: "status", status: 500 },
  { kind: "status", status: 500, body: "html" },
  { kind: "status", status: 503 },
  { kind: "status", status: 503, retryAfterSeconds: 1 },
  { kind: "status", status: 503, body: "empty" },
];

const TOO_FAST: readonly Fault[] = [
  { kind: "status", status: 403, reason: "userRateLimitExceeded" },
  { kind: "status", status: 429, reason: "rateLimitExceeded" },
  { kind: "status", status: 429, reason: "rateLimitExceeded", retryAfterSeconds: 1 },
];

const BROKEN: readonly Fault[] = [
  { kind: "html" },
  { kind: "reset" },
  { kind: "reset", afterBytes: 100 },
  { kind: "stall" },
  { kind: "stall", forMs: 300 },
  { kind: "truncate", afterBytes: 50 },
  { kind: "wrongLength", byBytes: 10 },
  { kind: "wrongLength", byBytes: -10 },
  { kind: "wrongLength" },
  { kind: "lostAnswer" },
  { kind: "slow", bytesPerSecond: 200_000 },
];

const OF_DOWNLOADS: readonly Fault[] = [
  ...BROKEN,
  { kind: "reset", afterBytes: 40_000 },
  { kind: "stall", afterBytes: 20_000 },
  { kind: "truncate", afterBytes: 30_000 },
  { kind: "flipByte" },
  { kind: "redirect" },
  { kind: "redirect", status: 307 },
];

const OF_UPLOADS: readonly Fault[] = [
  ...BROKEN,
  { kind: "reset", afterRequestBytes: 10_000 },
  { kind: "slow", bytesPerSecond: 1_000_000, of: "request" },
];

const OF_CHUNKS: readonly Fault[] = [
  ...OF_UPLOADS,
  { kind: "withhold" },
  { kind: "partialPersist", keptBytes: 256 * 1024 },
];

/**
 * Every way to fail that Google has, for every kind of request that an import or an export makes. A changed byte is for
 * downloads alone: in a JSON text it would be another true answer. Where a refusal would mean the grant or the file and not
 * the moment, it is left out.
 */
export function chaosFaults(seed: number): FaultPlan {
  const rule = (route: FaultRule["route"], fault: readonly Fault[], probability = 1 / ONE_IN): FaultRule => ({
    route,
    probability,
    fault,
  });
  const drive = [...UNAVAILABLE, ...TOO_FAST];
  return {
    seed,
    rules: [
      rule("*", [{ kind: "latency", ms: 40, jitterMs: 120 }]),
      rule("oauth.token", [...UNAVAILABLE, ...BROKEN, { kind: "status", status: 429 }]),
      rule("oauth.discovery", [...UNAVAILABLE, ...BROKEN]),
      rule("files.get.media*", [...drive, ...OF_DOWNLOADS]),
      rule("files.get", drive, 1 / ONE_PART_IN),
      rule("upload.resumable.chunk", [...drive, ...OF_CHUNKS]),
      rule("upload.*", [...drive, ...OF_UPLOADS]),
      rule(
        ["files.create", "files.list", "files.update", "generateIds", "batch", "about"],
        [...drive, ...BROKEN],
      ),
    ],
  };
}
