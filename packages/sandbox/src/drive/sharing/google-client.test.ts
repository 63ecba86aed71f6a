import { drive as googleDrive, type drive_v3 } from "@googleapis/drive";
import { OAuth2Client } from "google-auth-library";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestDrive, type TestDrive, testToken } from "../testing/start-test-drive.ts";

let sandbox: TestDrive;
let alice: drive_v3.Drive;
let bob: drive_v3.Drive;

beforeAll(async () => {
  sandbox = await startTestDrive();
  alice = clientOf("alice@example.com");
  bob = clientOf("bob@example.com");
});
afterAll(() => sandbox.close());

function clientOf(email: string): drive_v3.Drive {
  const auth = new OAuth2Client();
  auth.setCredentials({ access_token: testToken({ email }), expiry_date: Date.now() + 3_600_000 });
  return googleDrive({ version: "v3", auth, rootUrl: `${sandbox.origin}/` });
}

describe("Google's own client", () => {
  it("makes a shared drive, lets somebody in, and works in it", async () => {
    const { data } = await bob.drives.create({ requestId: "r1", requestBody: { name: "Team" } });
    const driveId = data.id ?? "";
    await bob.permissions.create({
      fileId: driveId,
      supportsAllDrives: true,
      requestBody: { type: "user", role: "writer", emailAddress: "alice@example.com" },
    });
    expect((await alice.drives.list()).data.drives).toEqual([
      { kind: "drive#drive", id: driveId, name: "Team" },
    ]);
    const made = await alice.files.create({
      supportsAllDrives: true,
      requestBody: { name: "a", parents: [driveId] },
      fields: "id,driveId",
    });
    expect(made.data.driveId).toBe(driveId);
    const { data: page } = await bob.files.list({
      corpora: "drive",
      driveId,
      includeItemsFromAllDrives: true,
      supportsAllDrives: true,
    });
    expect(page.files?.map(({ id }) => id)).toEqual([made.data.id]);
    await expect(alice.files.get({ fileId: made.data.id ?? "" })).rejects.toMatchObject({ status: 404 });
  });

  it("shares a file, copies it as somebody else, and takes the share away", async () => {
    const { data } = await bob.files.create({ requestBody: { name: "b" } });
    const fileId = data.id ?? "";
    const requestBody = { type: "user", role: "reader", emailAddress: "alice@example.com" };
    const { data: given } = await bob.permissions.create({ fileId, requestBody });
    const { data: copy } = await alice.files.copy({
      fileId,
      requestBody: { name: "mine" },
      fields: "name,ownedByMe",
    });
    expect(copy).toEqual({ name: "mine", ownedByMe: true });
    const { data: list } = await bob.permissions.list({ fileId });
    expect(list.permissions?.map(({ role }) => role)).toEqual(["owner", "reader"]);
    await bob.permissions.delete({ fileId, permissionId: given.id ?? "" });
    await expect(alice.files.get({ fileId })).rejects.toMatchObject({ status: 404 });
  });

  it("sends a resource key in its header", async () => {
    const input = { name: "keyed", mimeType: "text/plain", content: new Uint8Array(), resourceKey: "0-key" };
    const { id } = sandbox.store.addFile("102", input);
    sandbox.store.shareFile(id, { to: { type: "anyone", allowFileDiscovery: false }, role: "reader" });
    await expect(alice.files.get({ fileId: id })).rejects.toMatchObject({ status: 404 });
    const headers = { "X-Goog-Drive-Resource-Keys": `${id}/0-key` };
    expect((await alice.files.get({ fileId: id }, { headers })).data.resourceKey).toBe("0-key");
  });
});
