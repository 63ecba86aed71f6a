import { describe, expect, it } from "vitest";
import { withSandbox } from "../../testing/with-sandbox.ts";
import { callControl } from "../testing/control-client.ts";

const RULE = { route: "about", times: 1, fault: { kind: "status", status: 503, reason: "backendError" } };

describe("faults over HTTP", () => {
  it("are put in force as a plan, hit, are counted, and are taken away", () =>
    withSandbox(async ({ sandbox, client }) => {
      expect((await callControl(sandbox, "GET /faults")).body.rules).toEqual([]);
      const put = await callControl(sandbox, "PUT /faults", { seed: 5, rules: [RULE] });
      expect([put.status, put.body.seed]).toEqual([200, 5]);
      expect(put.body.rules).toMatchObject([{ rule: RULE, matched: 0, hits: 0 }]);
      expect(await client.get("/drive/v3/about?fields=user")).toMatchObject({ status: 503 });
      expect(await client.get("/drive/v3/about?fields=user")).toMatchObject({ status: 403 });
      const { body } = await callControl(sandbox, "GET /faults");
      expect(body.rules).toMatchObject([{ hits: 1 }]);
      expect((await callControl(sandbox, "GET /requests?fault=*")).body.total).toBe(1);
      expect((await callControl(sandbox, "GET /requests/counts")).body.faults).toEqual({ status: 1 });
      expect(await callControl(sandbox, "DELETE /faults")).toMatchObject({ status: 204 });
      expect(sandbox.faults.plan.rules).toEqual([]);
    }));

  it("are added, looked at and taken away one by one", () =>
    withSandbox(async ({ sandbox }) => {
      const { status, body } = await callControl(sandbox, "POST /faults", RULE);
      expect(status).toBe(201);
      const path = `/faults/${String(body.id)}`;
      expect((await callControl(sandbox, `GET ${path}`)).body).toMatchObject({ id: body.id, rule: RULE });
      expect(await callControl(sandbox, `DELETE ${path}`)).toMatchObject({ status: 204 });
      for (const method of ["GET", "DELETE"]) {
        const answer = await callControl(sandbox, `${method} ${path}`);
        expect([answer.status, answer.body.error?.code]).toEqual([404, "unknown_fault"]);
      }
    }));

  it.each([
    ["PUT", { rules: [RULE, { ...RULE, colour: 1 }] }, "unknown_member", "rules.1.colour"],
    ["PUT", { rules: [RULE, { ...RULE, times: 0 }] }, "invalid_value", "rules.1.times"],
    ["PUT", { rules: [RULE, { ...RULE, route: "nothing" }] }, "invalid_value", undefined],
    ["PUT", { rules: [{ ...RULE, fault: { kind: "rain" } }] }, "invalid_value", "rules.0.fault"],
    ["PUT", { rules: 1 }, "invalid_value", "rules"],
    ["POST", { ...RULE, times: 0 }, "invalid_value", "times"],
    ["POST", { ...RULE, file: "none" }, "invalid_value", undefined],
  ])("stay as they are when %s is refused: %j", (method, body, code, field) =>
    withSandbox(async ({ sandbox }) => {
      sandbox.faults.add({ route: "files.list", fault: { kind: "reset" } });
      const before = sandbox.faults.plan;
      const answer = await callControl(sandbox, `${method} /faults`, body);
      expect([answer.status, answer.body.error?.code, answer.body.error?.field]).toEqual([400, code, field]);
      expect(sandbox.faults.plan).toEqual(before);
    }),
  );
});
