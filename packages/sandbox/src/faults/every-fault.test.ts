import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FaultRule } from "./fault-rule.ts";
import { exchange } from "./testing/exchange.ts";
import { withFaults } from "./testing/with-faults.ts";

const bytes = fc.integer({ min: 0, max: 700_000 });

const someFault: fc.Arbitrary<FaultRule["fault"]> = fc.oneof(
  fc.record({
    kind: fc.constant("status" as const),
    status: fc.integer({ min: 400, max: 599 }),
    body: fc.constantFrom("json", "html", "empty"),
  }),
  fc.constantFrom(
    { kind: "html" } as const,
    { kind: "reset" } as const,
    { kind: "lostAnswer" } as const,
    { kind: "redirect" } as const,
    { kind: "withhold" } as const,
    { kind: "wrongLength" } as const,
  ),
  fc.record({ kind: fc.constant("reset" as const), afterBytes: bytes }),
  fc.record({ kind: fc.constant("reset" as const), afterRequestBytes: bytes }),
  fc.record({ kind: fc.constant("truncate" as const), afterBytes: bytes }),
  fc.record({
    kind: fc.constant("stall" as const),
    afterBytes: bytes,
    forMs: fc.integer({ min: 0, max: 2 }),
  }),
  fc.record({
    kind: fc.constant("wrongLength" as const),
    byBytes: fc.integer({ min: -900, max: 900 }).filter((by) => by !== 0),
  }),
  fc.record({ kind: fc.constant("flipByte" as const), atByte: bytes }),
  fc.record({
    kind: fc.constant("slow" as const),
    bytesPerSecond: fc.constant(50_000_000),
    of: fc.constantFrom("answer", "request"),
  }),
  fc.record({ kind: fc.constant("partialPersist" as const), keptBytes: bytes }),
);

const JSON_TYPE = { "content-type": "application/json" };

/** Requests of many kinds, to be filled in with a file's id. */
const REQUESTS: readonly [method: string, path: string, body?: string][] = [
  ["GET", "/drive/v3/files/ID?alt=media"],
  ["HEAD", "/drive/v3/files/ID?alt=media"],
  ["GET", "/drive/v3/files/ID"],
  ["GET", "/drive/v3/files?fields=*"],
  ["GET", "/drive/v3/about?fields=*"],
  ["PATCH", "/drive/v3/files/ID", '{"name":"other"}'],
  ["POST", "/drive/v3/files", '{"name":"new"}'],
  ["DELETE", "/drive/v3/files/none"],
  ["POST", "/upload/drive/v3/files?uploadType=media", "bytes"],
  ["POST", "/upload/drive/v3/files?uploadType=resumable", '{"name":"new"}'],
  ["PUT", "/upload/drive/v3/files?uploadType=resumable&upload_id=x", "bytes"],
  ["POST", "/token", "grant_type=refresh_token"],
  ["GET", "/o/oauth2/v2/auth"],
  ["GET", "/.well-known/openid-configuration"],
  ["GET", "/download/drive/v3/files/ID?qk=1"],
];

describe("any fault on any request", () => {
  it("leaves one entry that is closed and names no other fault, and the sandbox goes on", () =>
    withFaults(async ({ file, put, sandbox, token }) => {
      const property = fc.asyncProperty(
        someFault,
        fc.constantFrom(...REQUESTS),
        async (fault, [method, path, body = ""]) => {
          put({ route: "*", times: 1, fault });
          const since = sandbox.requests.mark();
          await exchange(sandbox.origin + path.replace("ID", file.id), {
            method,
            headers: { authorization: `Bearer ${token}`, ...JSON_TYPE },
            body: Buffer.from(body),
          });
          const isOver = [{ outcome: "sent" } as const, { outcome: "cut" } as const].map((over) =>
            sandbox.requests.waitFor({ ...over, since }),
          );
          await Promise.any(isOver);
          const entries = sandbox.requests.since(since);
          expect(entries).toHaveLength(1);
          const [rule] = sandbox.faults.plan.rules;
          const kind = "kind" in fault ? fault.kind : null;
          expect(entries[0]?.fault).toBe(rule?.hits === 1 ? kind : null);
          expect(entries[0]?.status === 500 && kind !== "status").toBe(false);
          sandbox.faults.clear();
          expect((await exchange(`${sandbox.origin}/drive/v3/files/none`)).status).toBe(403);
        },
      );
      await fc.assert(property, { numRuns: 150 });
    }));
});
