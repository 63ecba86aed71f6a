import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type FaultRig, withFaults } from "./testing/with-faults.ts";

const JSON_TYPE = { "content-type": "application/json" };
const FORM_TYPE = { "content-type": "application/x-www-form-urlencoded" };

function json(value: object) {
  return { headers: JSON_TYPE, body: Buffer.from(JSON.stringify(value)) };
}

async function lose(
  { put, sandbox }: FaultRig,
  route: string,
  ask: () => Promise<{ status: number; end: string }>,
) {
  put({ route, fault: { kind: "lostAnswer" } });
  expect(await ask()).toMatchObject({ status: 0, end: "reset" });
  sandbox.faults.clear();
  const [entry] = await sandbox.requests.waitFor({ kind: route, outcome: "cut" });
  expect(entry).toMatchObject({ fault: "lostAnswer", bytesOut: 0 });
}

const namesOf = ({ sandbox, file }: FaultRig) => sandbox.drive.listAll(file.ownerSub).map(({ name }) => name);

describe("an answer that is lost", () => {
  it("files.create: the file is there, and the same id again is 409", () =>
    withFaults(async (rig) => {
      const ids = await rig.ask("/drive/v3/files/generateIds?count=1");
      const [id] = JSON.parse(ids.body.toString()).ids;
      const create = () => rig.ask("/drive/v3/files", { method: "POST", ...json({ id, name: "made" }) });
      await lose(rig, "files.create", create);
      expect(namesOf(rig)).toContain("made");
      const again = await create();
      expect(JSON.parse(again.body.toString()).error.errors[0].reason).toBe("fileIdInUse");
    }));

  it("files.update and files.delete: the change and the deletion hold", () =>
    withFaults(async (rig) => {
      const path = `/drive/v3/files/${rig.file.id}`;
      await lose(rig, "files.update", () => rig.ask(path, { method: "PATCH", ...json({ name: "renamed" }) }));
      expect(namesOf(rig)).toContain("renamed");
      await lose(rig, "files.delete", () => rig.ask(path, { method: "DELETE" }));
      expect(rig.sandbox.drive.get(rig.file.id)).toBeUndefined();
    }));

  it("files.copy: the copy is there", () =>
    withFaults(async (rig) => {
      const path = `/drive/v3/files/${rig.file.id}/copy`;
      await lose(rig, "files.copy", () => rig.ask(path, { method: "POST", ...json({ name: "copied" }) }));
      expect(namesOf(rig)).toContain("copied");
    }));

  it("upload.multipart: the file is there with its bytes", () =>
    withFaults(async (rig) => {
      const body = Buffer.from(
        '--x\r\nContent-Type: application/json\r\n\r\n{"name":"sent"}\r\n--x\r\nContent-Type: text/plain\r\n\r\nbytes\r\n--x--\r\n',
      );
      const headers = { "content-type": "multipart/related; boundary=x" };
      const path = "/upload/drive/v3/files?uploadType=multipart";
      await lose(rig, "upload.multipart", () => rig.ask(path, { method: "POST", headers, body }));
      const sent = rig.sandbox.drive.listAll(rig.file.ownerSub).find(({ name }) => name === "sent");
      expect(sent?.blob?.checksums.md5).toBe(createHash("md5").update("bytes").digest("hex"));
    }));

  it("the last chunk of a resumable upload: a question for the status answers with the file", () =>
    withFaults(async (rig) => {
      const start = "/upload/drive/v3/files?uploadType=resumable&fields=name";
      const { headers } = await rig.ask(start, { method: "POST", ...json({ name: "chunked" }) });
      const session = headers.get("location") ?? "";
      const chunk = { headers: { "content-range": "bytes 0-4/5" }, body: Buffer.from("bytes") };
      await lose(rig, "upload.resumable.chunk", () => rig.ask(session, { method: "PUT", ...chunk }));
      expect(namesOf(rig)).toContain("chunked");
      const asked = await rig.ask(session, {
        method: "PUT",
        headers: { "content-range": "bytes */5", "content-length": "0" },
      });
      expect([asked.status, JSON.parse(asked.body.toString())]).toEqual([200, { name: "chunked" }]);
    }));

  it("oauth.token and oauth.revoke: the refresh is done, the grant is gone", () =>
    withFaults(async (rig) => {
      const { refreshToken, sandbox } = rig;
      const { clientId, clientSecret } = sandbox;
      const form = (fields: Record<string, string>) => ({
        method: "POST",
        headers: FORM_TYPE,
        body: Buffer.from(new URLSearchParams(fields).toString()),
      });
      const client = { client_id: clientId, client_secret: clientSecret };
      const refresh = form({ grant_type: "refresh_token", refresh_token: refreshToken, ...client });
      await lose(rig, "oauth.token", () => rig.ask("/token", refresh));
      await lose(rig, "oauth.revoke", () => rig.ask("/revoke", form({ token: refreshToken })));
      expect((await rig.ask("/token", refresh)).status).toBe(400);
    }));
});
