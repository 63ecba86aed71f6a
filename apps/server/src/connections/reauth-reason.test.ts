import { REAUTH_REASONS } from "@driveway/contract";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { reauthReason } from "./reauth-reason.ts";

const NOW = Date.parse("2026-11-25T12:00:00Z");
const MINUTE_MS = 60_000;
const reason = (said: string, endsInMs: number | null) =>
  reauthReason({
    said,
    nowMs: NOW,
    refreshTokenExpiresAt: endsInMs === null ? null : new Date(NOW + endsInMs),
  });

describe("reauthReason", () => {
  it("takes the provider's word where the grant had no end, or has not come to it", () => {
    for (const said of Object.keys(REAUTH_REASONS)) {
      expect(reason(said, null)).toBe(said);
      expect(reason(said, 60 * MINUTE_MS)).toBe(said);
    }
  });

  it("knows better when the end that was announced has come, as clocks go", () => {
    for (const endsInMs of [-7 * 24 * 60 * MINUTE_MS, 0, 9 * MINUTE_MS]) {
      expect(reason("revoked", endsInMs)).toBe("grant_expired");
      expect(reason("unknown", endsInMs)).toBe("grant_expired");
      expect(reason("account_deleted", endsInMs)).toBe("account_deleted");
      expect(reason("admin_policy", endsInMs)).toBe("admin_policy");
    }
  });

  it("calls a word unknown that is no reason", () => {
    for (const said of ["invalid_grant", "", "toString", "__proto__"])
      expect(reason(said, null)).toBe("unknown");
  });
});

it("every reason is on the page for operators, and no others", async () => {
  const page = await readFile(new URL("../../../../docs/operations.md", import.meta.url), "utf8");
  const section = page.split("## Why a connection must be made again")[1]?.split("\n## ")[0] ?? "";
  const listed = [...section.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, word]) => word);
  expect(listed).toEqual(Object.keys(REAUTH_REASONS));
});
