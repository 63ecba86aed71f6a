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
