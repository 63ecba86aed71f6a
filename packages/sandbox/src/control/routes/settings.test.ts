import { describe, expect, it } from "vitest";
import { withSandbox } from "../../testing/with-sandbox.ts";
import { callControl, callRaw } from "../testing/control-client.ts";

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
    [
      { oauth: { tokenRefusals: { "eve@example.com": "invalid_rapt" } } },
      "invalid_value",
      "oauth.tokenRefusals.eve@example.com",
    ],
    [
      { oauth: { consentOutcome: { "alice@example.com": "ask", "eve@example.com": "ask" } } },
      "invalid_value",
      "oauth.consentOutcome.eve@example.com",
    ],
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

  it("may be for anybody who has an account, whatever the case of the letters, from the start on", () =>
    withSandbox(
      async ({ sandbox }) => {
        expect(sandbox.settings.current.oauth.tokenRefusals).toEqual({ "carol@example.com": "bad_request" });
        sandbox.settings.change({ oauth: { consentOutcome: { "Bob@Example.com": "neverReturns" } } });
        sandbox.reset();
        expect(sandbox.settings.current.oauth.consentOutcome).toBe("ask");
      },
      {
        accounts: [{ email: "carol@example.com" }],
        settings: { oauth: { tokenRefusals: { "carol@example.com": "bad_request" } } },
      },
    ));

  it.each([
    ['{"drive":{"__proto__":{"listLagMs":9}}}', "drive.__proto__"],
    ['{"oauth":{"__proto__":{}}}', "oauth.__proto__"],
    ['{"__proto__":{"drive":{"listLagMs":9}}}', "__proto__"],
  ])("cannot be changed through a member called __proto__, which is refused: %s", (body, field) =>
    withSandbox(async ({ sandbox }) => {
      const headers = { "content-type": "application/json" };
      const path = "/sandbox/api/settings";
      const { status, text } = await callRaw(sandbox, { method: "PATCH", path, headers, body });
      expect(status).toBe(400);
      expect(JSON.parse(text).error).toMatchObject({ code: "unknown_member", field });
      expect(sandbox.settings.current.drive.listLagMs).toBe(0);
    }),
  );
});
