import { describe, expect, it } from "vitest";
import { withSandbox } from "../../testing/with-sandbox.ts";
import { callControl } from "../testing/control-client.ts";

const FILE_SCOPE = "https://www.googleapis.com/auth/drive.file";
const png = { name: "a.png", mimeType: "image/png", content: Buffer.from("a") };

describe("grants and picks over HTTP", () => {
  it("are listed with their scopes and files, and end when the person ends the access", () =>
    withSandbox(async ({ sandbox, client }) => {
      const { body: tokens } = await client.connect();
      const { body } = await callControl(sandbox, "GET /grants?email=alice@example.com");
      expect(body.grants).toMatchObject([
        {
          email: "alice@example.com",
          clientId: sandbox.clientId,
          scopes: expect.arrayContaining([FILE_SCOPE]),
          hasRefreshToken: true,
          fileIds: [],
        },
      ]);
      expect(await callControl(sandbox, "DELETE /grants?email=alice@example.com")).toMatchObject({
        status: 204,
      });
      expect((await callControl(sandbox, "GET /grants")).body.grants).toEqual([]);
      expect(await client.refresh(tokens.refresh_token)).toMatchObject({
        status: 400,
        body: { error: "invalid_grant" },
      });
      expect(await callControl(sandbox, "DELETE /grants?email=alice@example.com")).toMatchObject({
        status: 204,
      });
    }));

  it("give a picked file to the client under drive.file, for that person alone", () =>
    withSandbox(async ({ sandbox, client }) => {
      const [alice] = sandbox.accounts;
      const { id } = sandbox.drive.addFile(alice?.sub ?? "", png);
      const { body: tokens } = await client.connect({ scope: FILE_SCOPE });
      expect(await client.get(`/drive/v3/files/${id}`, tokens.access_token)).toMatchObject({ status: 404 });
      const pick = { email: "alice@example.com", fileIds: [id] };
      expect(await callControl(sandbox, "POST /picks", pick)).toMatchObject({ status: 204, body: null });
      expect(await client.get(`/drive/v3/files/${id}`, tokens.access_token)).toMatchObject({
        status: 200,
        body: { id },
      });
      const { body } = await callControl(sandbox, "GET /grants");
      expect(body.grants).toMatchObject([{ fileIds: [id] }]);
    }));

  it("let a picked folder be seen and not what lies in it", () =>
    withSandbox(async ({ sandbox, client }) => {
      const sub = sandbox.accounts[0]?.sub ?? "";
      const folder = sandbox.drive.addFolder(sub, { name: "Photos" });
      const child = sandbox.drive.addFile(sub, { ...png, parentId: folder.id });
      const { body: tokens } = await client.connect({ scope: FILE_SCOPE });
      sandbox.pick("alice@example.com", [folder.id]);
      expect(await client.get(`/drive/v3/files/${folder.id}`, tokens.access_token)).toMatchObject({
        status: 200,
      });
      expect(await client.get(`/drive/v3/files/${child.id}`, tokens.access_token)).toMatchObject({
        status: 404,
      });
    }));

  it("let a file of somebody else be picked once it is shared with the person", () =>
    withSandbox(async ({ sandbox }) => {
      const bob = sandbox.accounts[1]?.sub ?? "";
      const { id } = sandbox.drive.addFile(bob, png);
      expect(() => sandbox.pick("alice@example.com", [id])).toThrow("fileIds: the sandbox has no file");
      sandbox.drive.shareFile(id, { email: "alice@example.com", role: "reader" });
      sandbox.pick("alice@example.com", [id]);
      const grant = { clientId: sandbox.clientId, sub: sandbox.accounts[0]?.sub ?? "", fileId: id };
      expect(sandbox.drive.isGranted(grant)).toBe(true);
    }));

  it.each([
    [
      "a file that is not there",
      { email: "alice@example.com", fileIds: ["none"] },
      "unknown_file",
      "fileIds",
    ],
    ["nobody", { email: "eve@example.com", fileIds: ["none"] }, "unknown_account", "email"],
    [
      "no application",
      { email: "alice@example.com", fileIds: ["none"], clientId: "x" },
      "unknown_client",
      "clientId",
    ],
  ])("are refused for %s with 404", (_name, pick, code, field) =>
    withSandbox(async ({ sandbox }) => {
      const { status, body } = await callControl(sandbox, "POST /picks", pick);
      expect(status).toBe(404);
      expect(body.error).toMatchObject({ code, field });
    }),
  );

  it("give all picked files or none", () =>
    withSandbox(async ({ sandbox }) => {
      const sub = sandbox.accounts[0]?.sub ?? "";
      const { id } = sandbox.drive.addFile(sub, png);
      const pick = { email: "alice@example.com", fileIds: [id, "none"] };
      expect(await callControl(sandbox, "POST /picks", pick)).toMatchObject({ status: 404 });
      expect(sandbox.drive.isGranted({ clientId: sandbox.clientId, sub, fileId: id })).toBe(false);
    }));

  it.each([
    ["GET /grants?email=eve@example.com", 404, "unknown_account"],
    ["DELETE /grants?email=eve@example.com", 404, "unknown_account"],
    ["DELETE /grants?email=alice@example.com&clientId=x", 404, "unknown_client"],
    ["DELETE /grants", 400, "invalid_value"],
  ])("answer %s with %i %s", (call, status, code) =>
    withSandbox(async ({ sandbox }) => {
      const answer = await callControl(sandbox, call);
      expect([answer.status, answer.body.error?.code]).toEqual([status, code]);
    }),
  );
});
