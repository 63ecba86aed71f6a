import { describe, expect, it } from "vitest";
import { withSandbox } from "../../testing/with-sandbox.ts";
import { callControl } from "../testing/control-client.ts";

const RULE = { route: "files.list", fault: { kind: "reset" } } as const;

describe("a reset over HTTP", () => {
  it("forgets the log and puts faults, settings and clock back to the start, and keeps files, grants and tokens", () =>
    withSandbox(
      async ({ sandbox, client }) => {
        const { body: tokens } = await client.connect();
        const file = { name: "a", mimeType: "image/png", content: Buffer.from("a") };
        const { id } = sandbox.drive.addFile(sandbox.accounts[0]?.sub ?? "", file);
        const begun = sandbox.settings.current;
        await callControl(sandbox, "PATCH /settings", { drive: { listLagMs: 1 } });
        await callControl(sandbox, "PUT /clock", { advanceSeconds: 7200 });
        await callControl(sandbox, "PUT /faults", { rules: [{ ...RULE, route: "about" }] });
        expect(await callControl(sandbox, "POST /reset")).toMatchObject({ status: 204, body: null });
        expect(sandbox.requests.count()).toBe(0);
        expect(sandbox.settings.current).toEqual(begun);
        expect(sandbox.settings.current.drive.listLagMs).toBe(9);
        expect(sandbox.faults.plan.rules).toMatchObject([{ rule: RULE, matched: 0, hits: 0 }]);
        expect(sandbox.clock.offsetMs).toBe(0);
        expect(sandbox.drive.get(id)).toBeDefined();
        const about = await client.get("/drive/v3/about?fields=user", tokens.access_token);
        expect(about.status).toBe(200);
      },
      { settings: { drive: { listLagMs: 9 } }, faults: { rules: [RULE] } },
    ));

  it("lets codes and tokens from a clock that had been moved on live as long as if they were issued now", () =>
    withSandbox(async ({ sandbox, client, passSeconds }) => {
      sandbox.settings.change({ oauth: { publishing: "testing" } });
      await callControl(sandbox, "PUT /clock", { advanceSeconds: 30 * 86_400 });
      const code = await client.code();
      const { body } = await client.connect();
      await callControl(sandbox, "POST /reset");
      const info = `/tokeninfo?access_token=${String(body.access_token)}`;
      expect((await client.get(info)).body.expires_in).toBe(String(body.expires_in));
      const refreshed = await client.refresh(body.refresh_token);
      expect(refreshed.body.refresh_token_expires_in).toBe(body.refresh_token_expires_in);
      passSeconds(600);
      expect((await client.exchange(code)).body.error).toBe("invalid_grant");
      passSeconds(3000);
      expect((await client.get("/v1/userinfo", body.access_token)).status).toBe(401);
      passSeconds(7 * 86_400);
      expect((await client.refresh(body.refresh_token)).body.error).toBe("invalid_grant");
    }));

  it("lets signing keys from a clock that had been moved on rotate from now on", () =>
    withSandbox(
      async ({ sandbox, client, passSeconds }) => {
        const keys = async () => (await client.get("/oauth2/v3/certs")).body.keys;
        await callControl(sandbox, "PUT /clock", { advanceSeconds: 86_400 });
        await keys();
        await callControl(sandbox, "POST /reset");
        const before = await keys();
        passSeconds(999);
        expect(await keys()).toEqual(before);
        passSeconds(1);
        expect(await keys()).not.toEqual(before);
      },
      { settings: { oauth: { signingKeyRotationSeconds: 1000 } } },
    ));

  it("works when a file that the faults of the start name is gone", async () => {
    const library = { library: "small" } as const;
    let file = "";
    await withSandbox(async ({ sandbox }) => {
      file = sandbox.drive.listAll(sandbox.accounts[0]?.sub ?? "")[0]?.id ?? "";
    }, library);
    await withSandbox(
      async ({ sandbox }) => {
        sandbox.drive.remove(file);
        expect(await callControl(sandbox, "POST /reset")).toMatchObject({ status: 204 });
        expect(sandbox.faults.plan.rules).toMatchObject([{ rule: { file } }]);
      },
      { ...library, faults: { rules: [{ ...RULE, route: "files.get", file }] } },
    );
  });
});
