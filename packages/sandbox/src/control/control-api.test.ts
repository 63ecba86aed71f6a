import { describe, expect, it } from "vitest";
import { withSandbox } from "../testing/with-sandbox.ts";
import { callControl, callRaw } from "./testing/control-client.ts";

const json = { "content-type": "application/json" };

describe("the control API", () => {
  it("says in one document where the sandbox is, who has an account, and how much has happened", () =>
    withSandbox(async ({ sandbox, client }) => {
      const [alice, bob] = sandbox.accounts;
      sandbox.drive.addFile(alice?.sub ?? "", {
        name: "a",
        mimeType: "image/png",
        content: Buffer.from("a"),
      });
      await client.connect();
      const { status, body } = await callControl(sandbox, "GET ");
      expect(status).toBe(200);
      expect(body).toMatchObject({
        origin: sandbox.origin,
        issuer: sandbox.origin,
        apiRoot: sandbox.origin,
        controlApi: `${sandbox.origin}/sandbox/api`,
        clientId: sandbox.clientId,
        clientSecret: sandbox.clientSecret,
        accounts: [
          { email: "alice@example.com", rootFolderId: sandbox.drive.rootId(alice?.sub ?? ""), items: 1 },
          { email: "bob@example.com", rootFolderId: sandbox.drive.rootId(bob?.sub ?? ""), items: 0 },
        ],
        clock: { now: "2026-01-15T12:00:00.000Z", offsetMs: 0 },
        counts: { requests: sandbox.requests.count(), grants: 1, faultRules: 0 },
      });
      expect(await callControl(sandbox, "GET /")).toMatchObject({ status: 200 });
    }));

  it("leaves its own requests out of the request log, refused ones included", () =>
    withSandbox(async ({ sandbox }) => {
      for (const call of [
        "GET /",
        "GET /nowhere",
        "PUT /clock",
        "DELETE /clock",
        "GET /requests",
        "GET /files/%00",
      ]) {
        await callControl(sandbox, call);
      }
      await callRaw(sandbox, { path: "/sandbox/api/", headers: { host: "evil.example" } });
      expect(sandbox.requests.find()).toEqual([]);
    }));

  it.each(["GET /nowhere", "POST /clock/more", "PUT /files/a/b/c", "GET /requests/", "OPTIONS /nowhere"])(
    "answers 404 unknown_address to %s",
    (call) =>
      withSandbox(async ({ sandbox }) => {
        const { status, body } = await callControl(sandbox, call);
        expect([status, body.error?.code]).toEqual([404, "unknown_address"]);
      }),
  );

  it.each([
    ["DELETE /", "GET, HEAD"],
    ["POST /settings", "GET, PATCH, HEAD"],
    ["PATCH /clock", "GET, PUT, HEAD"],
    ["PUT /requests", "GET, DELETE, HEAD"],
    ["POST /requests/wait", "GET, HEAD"],
    ["DELETE /requests/counts", "GET, HEAD"],
    ["PUT /grants", "GET, DELETE, HEAD"],
    ["GET /picks", "POST"],
    ["GET /consent", "POST"],
    ["PATCH /faults", "GET, POST, PUT, DELETE, HEAD"],
    ["PUT /faults/1", "GET, DELETE, HEAD"],
    ["PUT /quotas", "GET, DELETE, HEAD"],
    ["GET /reset", "POST"],
    ["GET /keys/rotate", "POST"],
    ["DELETE /files", "GET, POST, HEAD"],
    ["POST /files/1", "GET, PATCH, DELETE, HEAD"],
    ["PUT /files/1/content", "GET, HEAD"],
    ["DELETE /drives", "GET, POST, HEAD"],
    ["PUT /files/1/permissions", "GET, POST, HEAD"],
    ["GET /files/1/permissions/2", "DELETE"],
    ["GET /files/1/opened", "POST"],
  ])("answers 405 method_not_allowed to %s, and says which methods there are", (call, allowed) =>
    withSandbox(async ({ sandbox }) => {
      const { status, headers, body } = await callControl(sandbox, call);
      expect([status, body.error?.code]).toEqual([405, "method_not_allowed"]);
      expect(headers.get("allow")).toBe(allowed);
    }),
  );

  it.each([
    ["/sandbox/api/clock", 405, "method_not_allowed"],
    ["/sandbox/api/nowhere", 404, "unknown_address"],
  ])("answers TRACE %s like other methods that there are not", (path, expected, code) =>
    withSandbox(async ({ sandbox }) => {
      const { status, text } = await callRaw(sandbox, { method: "TRACE", path });
      expect([status, JSON.parse(text).error.code]).toEqual([expected, code]);
      expect(sandbox.requests.find()).toEqual([]);
    }),
  );

  it("answers 400 invalid_json to what is no JSON", () =>
    withSandbox(async ({ sandbox }) => {
      const call = { method: "PUT", path: "/sandbox/api/clock", headers: json, body: "{now" };
      const { status, text } = await callRaw(sandbox, call);
      expect([status, JSON.parse(text).error.code]).toEqual([400, "invalid_json"]);
    }));

  it.each(["[]", '"text"', "1", "null", "true"])("answers no 500 to the body %s", (body) =>
    withSandbox(async ({ sandbox }) => {
      for (const [method, place] of [
        ["PUT", "clock"],
        ["PATCH", "settings"],
        ["POST", "picks"],
        ["POST", "consent"],
        ["POST", "files"],
      ] as const) {
        const path = `/sandbox/api/${place}`;
        const { status } = await callRaw(sandbox, { method, path, headers: json, body });
        expect(status === 400 || (body === "null" && status === 200)).toBe(true);
      }
    }),
  );

  it.each([
    ["PUT /clock", { at: 1 }, "at"],
    ["POST /picks", { email: "alice@example.com", fileIds: ["1"], force: true }, "force"],
    ["POST /consent", { authorizationUrl: "http://localhost/", pin: 1 }, "pin"],
    ["POST /files", { email: "alice@example.com", name: "a", mimeType: "image/png", colour: 1 }, "colour"],
    ["POST /reset", { files: true }, "files"],
    ["GET /requests?colour=1", undefined, "colour"],
    ["GET /requests/counts?kind=about", undefined, "kind"],
    ["GET /requests/wait?limit=1", undefined, "limit"],
    ["GET /grants?sub=1", undefined, "sub"],
    ["GET /files?q=1", undefined, "q"],
    ["GET /?verbose=1", undefined, "verbose"],
  ])("refuses an unknown member by its name: %s %j", (call, body, field) =>
    withSandbox(async ({ sandbox }) => {
      const answer = await callControl(sandbox, call, body);
      expect(answer.status).toBe(400);
      expect(answer.body.error).toMatchObject({ code: "unknown_member", field });
    }),
  );
});
