import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DriveError } from "../drives/index.ts";
import { DrivewayError } from "../platform/index.ts";
import { itemError } from "./item-errors.ts";
import { judgeFault, pauseSeconds } from "./judge-fault.ts";
import { StopJobError } from "./stop-job-error.ts";

const drive = (
  kind: ConstructorParameters<typeof DriveError>[0],
  facts: { pauseMs?: number; rateLimited?: boolean; timedOut?: boolean } = {},
) => judgeFault(new DriveError(kind, "said", { reason: "x", ...facts }));
const own = (code: ConstructorParameters<typeof DrivewayError>[0]) =>
  judgeFault(new DrivewayError(code, "said"));

describe("a fault", () => {
  it("of one file fails that file", () => {
    expect(drive("gone")).toMatchObject({ kind: "item", error: { code: "not_found" } });
    expect(drive("refused")).toMatchObject({ kind: "item", error: { code: "provider_refused" } });
    expect(drive("try_later", { timedOut: true })).toMatchObject({ error: { code: "provider_timeout" } });
  });

  it("that meets the whole job stops it", () => {
    expect(drive("sign_in_again")).toMatchObject({ kind: "stop", endState: "failed" });
    expect(drive("quota_full")).toMatchObject({ kind: "stop", reason: { code: "provider_quota_full" } });
    expect(own("REAUTH_REQUIRED")).toMatchObject({ kind: "stop", endState: "failed" });
    expect(own("connection_not_found")).toMatchObject({ kind: "stop", endState: "cancelled" });
    const reason = itemError("folder_full");
    expect(judgeFault(new StopJobError(reason))).toEqual({ kind: "stop", endState: "failed", reason });
  });

  it("that passes, but not soon, pauses the work and fails nothing", () => {
    expect(drive("try_later", { pauseMs: 90_000 })).toEqual({
      kind: "pause",
      code: "provider_failed",
      pauseMs: 90_000,
    });
    expect(drive("try_later", { pauseMs: 5_000, rateLimited: true })).toMatchObject({
      kind: "pause",
      code: "provider_rate_limited",
    });
    expect(drive("app_refused")).toMatchObject({ kind: "pause", code: "oauth_client_refused" });
    expect(own("storage_unavailable")).toMatchObject({ kind: "pause", code: "storage_unavailable" });
    expect(own("sealing_key_missing")).toMatchObject({ kind: "pause", code: "sealing_key_missing" });
  });

  it("of an account whose uploads are over for the day says so", () => {
    const facts = { reason: "upload_limit_day", rateLimited: true, pauseMs: 3_600_000 };
    expect(judgeFault(new DriveError("try_later", "said", facts))).toEqual({
      kind: "pause",
      code: "upload_limit_day",
      pauseMs: 3_600_000,
    });
  });

  it("of the rate or of our own has the chunk come again, and one that met a file at every try once more", () => {
    expect(drive("try_later", { rateLimited: true })).toMatchObject({ kind: "again", deliveries: 5 });
    expect(judgeFault(new Error("a bug"))).toMatchObject({
      kind: "again",
      error: { code: "internal_error" },
      deliveries: 5,
    });
    expect(drive("try_later")).toMatchObject({ kind: "again", deliveries: 2 });
  });
});

it("a pause lasts as long as it was said, and at most a quarter longer", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 86_400_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (ms, random) => {
        const seconds = pauseSeconds(ms, random);
        expect(seconds).toBeGreaterThanOrEqual(Math.max(1, ms / 1000));
        expect(seconds).toBeLessThanOrEqual((ms * 1.25) / 1000 + 1);
      },
    ),
  );
});
