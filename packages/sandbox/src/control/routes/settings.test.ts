import { describe, expect, it } from "vitest";
import { withSandbox } from "../../testing/with-sandbox.ts";
import { callControl } from "../testing/control-client.ts";

describe("settings over HTTP", () => {
  it("are those in force, and changes hold at once", () =>
    withSandbox(async ({ sandbox }) => {
      expect((await callControl(sandbox, "GET /settings")).body).toEqual(sandbox.settings.current);
      const { status, body } = await callControl(sandbox, "PATCH /settings", { drive: { listLagMs: 500 } });
      expect(status).toBe(200);
      expect(body).toEqual(sandbox.settings.current);
      expect(sandbox.settings.current.drive.listLagMs).toBe(500);
    }));

  it.each([
    [{ drive: { listLagMs: 7, colour: "red" } }, "unknown_member", "drive.colour"],
    [{ drive: { listLagMs: 7 }, weather: {} }, "unknown_member", "weather"],
    [{ drive: { listLagMs: -1 } }, "invalid_value", "drive.listLagMs"],
    [{ drive: { listLagMs: 7 }, oauth: { publishing: "soon" } }, "invalid_value", "oauth.publishing"],
    [{ drive: 7 }, "invalid_value", "drive"],
  ])("all stay as they are when one is refused, which is named: %j", (patch, code, field) =>
    withSandbox(async ({ sandbox }) => {
      const before = sandbox.settings.current;
      const { status, body } = await callControl(sandbox, "PATCH /settings", patch);
      expect(status).toBe(400);
      expect(body.error).toMatchObject({ code, field });
      expect(body.error?.message).toMatch(/^settings: .+$/);
      expect(sandbox.settings.current).toEqual(before);
    }),
  );

  it("cannot be changed through a member called __proto__", () =>
    withSandbox(async ({ sandbox }) => {
      const response = await fetch(`${sandbox.origin}/sandbox/api/settings`, {
        method: "PATCH",
        headers: { "content-type": "application/json" },
        body: '{"drive":{"__proto__":{"listLagMs":9}}}',
      });
      await response.text();
      expect(sandbox.settings.current.drive.listLagMs).toBe(0);
    }));
});
