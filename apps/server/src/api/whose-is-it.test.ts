import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectDatabase } from "../db/index.ts";
import { connectDrive } from "../testing/connect-account.ts";
import { makePerson } from "../testing/make-person.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";
import { testLog } from "../testing/test-log.ts";
import { testPictures } from "../testing/test-pictures.ts";

const CLOUD = "/api/v2/cloud-storage";
const ELSEWHERE = "00000000-0000-4000-8000-000000000000";

let app: TestApp;
/** Of the owner: what the others try to reach. */
let connectionId: string;
let jobId: string;
let imageId: string;
let collectionId: string;
let keys: { readonly owner: string; readonly colleague: string; readonly stranger: string };

beforeAll(async () => {
  app = await startTestApp();
  connectionId = await connectDrive(app);
  const sub = app.sandbox.accounts[0]?.sub ?? "";
  const [content = Buffer.alloc(0)] = await testPictures({ count: 1 });
  const { id } = app.sandbox.drive.addFile(sub, { name: "a.jpg", mimeType: "image/jpeg", content });
  const made = await app.request("POST", "/api/v2/collections", { body: { name: "Ours" } });
  collectionId = made.body.collection.id;
  const imported = await app.request("POST", `${CLOUD}/import`, {
    body: { connection_id: connectionId, files: [{ id, name: "a.jpg" }] },
  });
  jobId = imported.body.import_job_id;
  imageId = imported.body.image_ids[0];
  const { colleague, stranger } = await makeOthers();
  keys = { owner: app.apiKey, colleague, stranger };
});
afterAll(() => app.stop());

async function makeOthers(): Promise<{ colleague: string; stranger: string }> {
  const owner = await app.app.identity.authenticate({ authorization: `Bearer ${app.apiKey}` });
  if (owner === null) throw new Error("the app's own key is not valid");
  const { connectionString } = app.database;
  const database = connectDatabase({
    connectionString,
    poolSize: 1,
    applicationName: "test",
    log: testLog(),
  });
  const colleague = await makePerson(database.db, { tenantId: owner.tenantId, role: "admin" });
  const stranger = await makePerson(database.db);
  await database.close();
  return { colleague: colleague.apiKey, stranger: stranger.apiKey };
}

async function ask(who: keyof typeof keys, method: string, path: string, body?: object) {
  const reply = await app.request(method, path, {
    apiKey: keys[who],
    ...(body === undefined ? {} : { body }),
  });
  return [reply.status, reply.body.error?.code];
}

const importInto = (connection: string) => ({
  connection_id: connection,
  files: [{ id: "x", name: "x" }],
});

describe("a colleague of the owner, even an admin", () => {
  it("is told 403 of the owner's job and its files", async () => {
    expect(await ask("colleague", "GET", `${CLOUD}/jobs/${jobId}`)).toEqual([403, "forbidden"]);
    expect(await ask("colleague", "GET", `${CLOUD}/jobs/${jobId}/items`)).toEqual([403, "forbidden"]);
  });

  it("is told 403 when importing from or exporting into the owner's Drive", async () => {
    const exported = { connection_id: connectionId, image_ids: [imageId] };
    expect(await ask("colleague", "POST", `${CLOUD}/import`, importInto(connectionId))).toEqual([
      403,
      "forbidden",
    ]);
    expect(await ask("colleague", "POST", `${CLOUD}/export`, exported)).toEqual([403, "forbidden"]);
  });

  it("sees the library, which the workspace shares, but no connection of the owner", async () => {
    expect(await ask("colleague", "GET", `/api/v2/user-files/${imageId}`)).toEqual([200, undefined]);
    expect(await ask("colleague", "GET", `/api/v2/collections/${collectionId}`)).toEqual([200, undefined]);
    const { body } = await app.request("GET", `${CLOUD}/connections?active_only=false`, {
      apiKey: keys.colleague,
    });
    expect(body).toEqual({ connections: [], total_count: 0 });
  });
});

describe("another workspace", () => {
  it("is told 404 of everything here, as of what is nowhere", async () => {
    const exported = { connection_id: connectionId, image_ids: [imageId] };
    for (const [method, path, code, body] of [
      ["GET", `${CLOUD}/jobs/${jobId}`, "job_not_found"],
      ["GET", `${CLOUD}/jobs/${jobId}/items`, "job_not_found"],
      ["POST", `${CLOUD}/import`, "connection_not_found", importInto(connectionId)],
      ["POST", `${CLOUD}/import`, "connection_not_found", importInto(ELSEWHERE)],
      ["POST", `${CLOUD}/export`, "connection_not_found", exported],
      ["GET", `${CLOUD}/connections/${connectionId}/picker-token`, "connection_not_found"],
      ["DELETE", `${CLOUD}/connections/${connectionId}`, "connection_not_found"],
      ["GET", `/api/v2/user-files/${imageId}`, "image_not_found"],
      ["GET", `/api/v2/user-files/${imageId}/download`, "image_not_found"],
      ["GET", `/api/v2/collections/${collectionId}`, "collection_not_found"],
      ["GET", `/api/v2/user-files?collection_id=${collectionId}`, "collection_not_found"],
    ] as const) {
      expect([path, ...(await ask("stranger", method, path, body))]).toEqual([path, 404, code]);
    }
    expect(await ask("owner", "GET", `${CLOUD}/connections/${connectionId}/picker-token`)).toEqual([
      200,
      undefined,
    ]);
  });
});
