import { describe, expect, it } from "vitest";
import type { Sandbox } from "../../create-sandbox.ts";
import { withSandbox } from "../../testing/with-sandbox.ts";
import { callControl } from "../testing/control-client.ts";

const READ = "https://www.googleapis.com/auth/drive.readonly";
const PNG = { name: "a.png", mimeType: "image/png" };
const BOB = "bob@example.com";

async function added(sandbox: Sandbox, file: object = {}): Promise<string> {
  const { body } = await callControl(sandbox, "POST /files", { email: "alice@example.com", ...PNG, ...file });
  return String(body.id);
}

describe("sharing over HTTP", () => {
  it("lets another person see an item, and no longer once it is taken away", () =>
    withSandbox(async ({ sandbox, client }) => {
      const id = await added(sandbox);
      const code = await client.consent({ scope: READ }, { email: BOB });
      const { body: tokens } = await client.exchange(code.searchParams.get("code") ?? "");
      const seen = async () => (await client.get(`/drive/v3/files/${id}`, tokens.access_token)).status;
      expect(await seen()).toBe(404);
      const shared = await callControl(sandbox, `POST /files/${id}/permissions`, {
        email: BOB,
        role: "reader",
      });
      expect(shared).toMatchObject({
        status: 201,
        body: {
          id: expect.any(String),
          role: "reader",
          to: { type: "user", emailAddress: BOB },
          grantedTime: "2026-01-15T12:00:00.000Z",
        },
      });
      expect(await seen()).toBe(200);
      const { body } = await callControl(sandbox, `GET /files/${id}/permissions`);
      expect(body).toEqual({ permissions: [shared.body] });
      const permission = `/files/${id}/permissions/${String(shared.body.id)}`;
      expect((await callControl(sandbox, `DELETE ${permission}`)).status).toBe(204);
      expect(await seen()).toBe(404);
      const again = await callControl(sandbox, `DELETE ${permission}`);
      expect([again.status, again.body.error?.code]).toEqual([404, "unknown_permission"]);
    }));

  it("gives an item behind a link to whoever has opened it", () =>
    withSandbox(async ({ sandbox, client }) => {
      const id = await added(sandbox, { resourceKey: "key" });
      const anyone = { to: { type: "anyone", allowFileDiscovery: false }, role: "reader" };
      expect(await callControl(sandbox, `POST /files/${id}/permissions`, anyone)).toMatchObject({
        status: 201,
        body: anyone,
      });
      const code = await client.consent({ scope: READ }, { email: BOB });
      const { body: tokens } = await client.exchange(code.searchParams.get("code") ?? "");
      const seen = async () => (await client.get(`/drive/v3/files/${id}`, tokens.access_token)).status;
      expect(await seen()).toBe(404);
      expect((await callControl(sandbox, `POST /files/${id}/opened`, { email: BOB })).status).toBe(204);
      expect(await seen()).toBe(200);
    }));

  it("makes shared drives with members, to put files into", () =>
    withSandbox(async ({ sandbox, client }) => {
      const members = [{ email: "alice@example.com", role: "organizer" }];
      const made = await callControl(sandbox, "POST /drives", { name: "Team", members });
      expect(made).toMatchObject({
        status: 201,
        body: { name: "Team", items: 0, members: [{ role: "organizer" }] },
      });
      const driveId = String(made.body.id);
      const id = await added(sandbox, { parentId: driveId });
      expect((await callControl(sandbox, "GET /drives")).body).toEqual({
        drives: [{ ...made.body, items: 1 }],
      });
      const { body: tokens } = await client.connect({ scope: READ });
      const place = `/drive/v3/files/${id}?supportsAllDrives=true&fields=driveId`;
      expect((await client.get(place, tokens.access_token)).body).toEqual({ driveId });
    }));

  it.each([
    [{ email: BOB }, "invalid_value", "role"],
    [{ email: BOB, role: "owner" }, "invalid_value", "role"],
    [{ email: "bob", role: "reader" }, "invalid_value", "email"],
    [{ role: "reader" }, "invalid_value", undefined],
    [
      { role: "reader", email: BOB, to: { type: "anyone", allowFileDiscovery: true } },
      "invalid_value",
      undefined,
    ],
    [{ role: "reader", to: { type: "everyone" } }, "invalid_value", "to.type"],
    [
      { role: "reader", to: { type: "anyone", allowFileDiscovery: true, key: 1 } },
      "unknown_member",
      "to.key",
    ],
    [{ role: "reader", email: BOB, until: "tomorrow" }, "unknown_member", "until"],
  ])("refuses the permission %j, and the item stays as it was", (permission, code, field) =>
    withSandbox(async ({ sandbox }) => {
      const id = await added(sandbox);
      const { status, body } = await callControl(sandbox, `POST /files/${id}/permissions`, permission);
      expect([status, body.error?.code, body.error?.field]).toEqual([400, code, field]);
      expect(sandbox.drive.get(id)?.version).toBe(1);
      const drive = await callControl(sandbox, "POST /drives", { name: "Team", members: [permission] });
      expect(drive.status).toBe(400);
      expect((await callControl(sandbox, "GET /drives")).body).toEqual({ drives: [] });
    }),
  );

  it.each([
    ["POST /files/x/permissions", { email: BOB, role: "reader" }, 404, "unknown_file"],
    ["GET /files/x/permissions", undefined, 404, "unknown_file"],
    ["DELETE /files/x/permissions/1", undefined, 404, "unknown_file"],
    ["POST /files/x/opened", { email: BOB }, 404, "unknown_file"],
    ["POST /files/x/opened", { email: "nobody@example.com" }, 404, "unknown_account"],
  ])("answers %s %j with its own refusal", (call, input, expected, code) =>
    withSandbox(async ({ sandbox }) => {
      const { status, body } = await callControl(sandbox, call, input);
      expect([status, body.error?.code]).toEqual([expected, code]);
    }),
  );

  it("does not share the root of a person's Drive", () =>
    withSandbox(async ({ sandbox: { accounts, drive, ...sandbox } }) => {
      const root = drive.rootId(accounts[0]?.sub ?? "");
      const call = `POST /files/${root}/permissions`;
      const { status, body } = await callControl(sandbox, call, { email: BOB, role: "reader" });
      expect([status, body.error?.code]).toEqual([409, "root_folder"]);
    }));
});
