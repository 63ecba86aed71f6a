import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectDrive } from "../testing/connect-account.ts";
import { makePerson } from "../testing/make-person.ts";
import { openDatabase, type OpenedDatabase } from "../testing/open-database.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

const CLOUD = "/api/v2/cloud-storage";
const LARGEST_ORDER_BYTES = 32 * 1024 * 1024;

let app: TestApp;
let connectionId: string;
let dead: string;
let database: OpenedDatabase;
let stranger: string;
let foreignCollectionId: string;

beforeAll(async () => {
  app = await startTestApp({ environment: { MAX_FILES_PER_JOB: "5" } });
  database = openDatabase(app.database);
  stranger = (await makePerson(database.guarded)).apiKey;
  const made = await app.request("POST", "/api/v2/collections", {
    apiKey: stranger,
    body: { name: "Not yours" },
  });
  foreignCollectionId = made.body.collection.id;
  connectionId = await connectDrive(app);
  dead = await connectDrive(app, "bob@example.com");
  await database.pool.query("update connections set status = 'needs_reauth' where id = $1", [dead]);
});
afterAll(async () => {
  await database.close();
  await app.stop();
});

/** What an order writes: jobs, their items, and messages for the workers. */
async function written(): Promise<unknown> {
  const { rows } = await database.pool.query(
    `select (select count(*) from transfer_jobs)::int jobs, (select count(*) from transfer_items)::int items,
       (select count(*) from transfer_chunks)::int chunks, (select count(*) from images)::int images`,
  );
  return rows[0];
}

const NOTHING = { jobs: 0, items: 0, chunks: 0, images: 0 };
const file = { id: "x", name: "x" };
const image = "img_01h455vb4pex5vsknk084sn02q";

/** A body of just so many bytes that would be an order if it were smaller. */
function bodyOf(sizeBytes: number): string {
  const start = '{"connection_id":"';
  return `${start}${"x".repeat(sizeBytes - start.length - 2)}"}`;
}

describe("an order that is refused writes nothing", () => {
  it.each([
    ["import", { files: [] }, 422, "validation_failed", "files"],
    ["import", { files: [{ id: "x" }] }, 422, "validation_failed", "files.0.name"],
    ["import", { files: [{ ...file, size_bytes: -1 }] }, 422, "validation_failed", "files.0.size_bytes"],
    ["import", { files: [{ ...file, size: 1 }] }, 422, "unknown_field", "files.0.size"],
    ["import", { files: [file], tags: [""] }, 422, "validation_failed", "tags.0"],
    ["import", { files: [file], collection_id: "x" }, 422, "validation_failed", "collection_id"],
    ["import", { connection_id: "x", files: [file] }, 422, "validation_failed", "connection_id"],
    ["export", { image_ids: [] }, 422, "validation_failed", "image_ids"],
    ["export", { image_ids: [5] }, 422, "validation_failed", "image_ids.0"],
    ["export", { image_ids: [image], folder: "x" }, 422, "unknown_field", "folder"],
  ] as const)("%s %j", async (order, body, status, code, field) => {
    const reply = await app.request("POST", `${CLOUD}/${order}`, {
      body: { connection_id: connectionId, ...body },
    });
    expect([reply.status, reply.body.error.code]).toEqual([status, code]);
    expect(reply.body.error.details).toEqual({
      in: "body",
      issues: [{ field, message: expect.stringMatching(/^(is|must) /) }],
    });
    expect(reply.body.error.message).toMatch(new RegExp(`^${field}: (is|must) `));
    expect(await written()).toEqual(NOTHING);
  });

  it("an unknown collection, and another workspace's", async () => {
    for (const collection_id of ["col_550e8400", foreignCollectionId]) {
      const body = { connection_id: connectionId, files: [file], collection_id };
      const reply = await app.request("POST", `${CLOUD}/import`, { body });
      expect([reply.status, reply.body.error.code]).toEqual([404, "collection_not_found"]);
      expect(reply.body.error.details).toEqual({ collection_id });
    }
    expect(await written()).toEqual(NOTHING);
  });

  it("unknown images, which are named", async () => {
    const one = { connection_id: connectionId, image_ids: [image], folder_name: "New" };
    const reply = await app.request("POST", `${CLOUD}/export`, { body: one });
    expect([reply.status, reply.body.error.code]).toEqual([404, "image_not_found"]);
    expect(reply.body.error.message).toBe(`The image ${image} is not in the library.`);
    const two = await app.request("POST", `${CLOUD}/export`, {
      body: { ...one, image_ids: [image, "img_001"] },
    });
    expect(two.body.error.message).toBe(`2 images are not in the library, ${image} among them.`);
    expect(two.body.error.details).toEqual({ image_ids: [image, "img_001"], missing: 2 });
    expect(await written()).toEqual(NOTHING);
    const sub = app.sandbox.accounts[0]?.sub ?? "";
    expect(app.sandbox.drive.listAll(sub).filter(({ name }) => name === "New")).toEqual([]);
  });

  it("more files or images than a job may have", async () => {
    const files = Array.from({ length: 6 }, (_, index) => ({ id: `f${index}`, name: "x" }));
    for (const [order, list] of [
      ["import", { files }],
      ["export", { image_ids: files.map((_, index) => `img_00${index}`) }],
    ] as const) {
      const body = { connection_id: connectionId, ...list };
      const reply = await app.request("POST", `${CLOUD}/${order}`, { body });
      expect([reply.status, reply.body.error.code]).toEqual([413, "too_many_files"]);
      const field = order === "import" ? "files" : "image_ids";
      expect(reply.body.error.details).toEqual({ field, limit: 5, files: 6 });
    }
    expect(await written()).toEqual(NOTHING);
  });

  it("a connection whose grant is known to be dead", async () => {
    for (const [order, list] of [
      ["import", { files: [file] }],
      ["export", { image_ids: [image] }],
    ] as const) {
      const reply = await app.request("POST", `${CLOUD}/${order}`, {
        body: { connection_id: dead, ...list },
      });
      expect(reply.status).toBe(401);
      expect(reply.body).toMatchObject({
        error: { code: "REAUTH_REQUIRED", details: { requires_reauth: true } },
        requires_reauth: true,
      });
    }
    expect(await written()).toEqual(NOTHING);
  });
});

describe("a body", () => {
  it.each(["import", "export"])("of an %s may have 32 MiB and not a byte more", async (order) => {
    const largest = await app.request("POST", `${CLOUD}/${order}`, { body: bodyOf(LARGEST_ORDER_BYTES) });
    expect(largest.status).toBe(422);
    const larger = await app.request("POST", `${CLOUD}/${order}`, { body: bodyOf(LARGEST_ORDER_BYTES + 1) });
    expect([larger.status, larger.body.error.code]).toEqual([413, "payload_too_large"]);
  });

  it.each(["auth/google_drive", "auth/google_drive/callback", "picker-proxy"])(
    "of %s may have 1 MiB and not a byte more",
    async (path) => {
      expect((await app.request("POST", `${CLOUD}/${path}`, { body: bodyOf(2 ** 20) })).status).toBe(422);
      const larger = await app.request("POST", `${CLOUD}/${path}`, { body: bodyOf(2 ** 20 + 1) });
      expect([larger.status, larger.body.error.code]).toEqual([413, "payload_too_large"]);
    },
  );

  it.each(["auth/google_drive", "auth/google_drive/callback", "picker-proxy", "import", "export"])(
    "of %s must be JSON by its content type",
    async (path) => {
      for (const type of ["text/plain", "multipart/form-data; boundary=x", "application/xml", "nonsense"]) {
        const reply = await app.request("POST", `${CLOUD}/${path}`, {
          body: "{}",
          headers: { "content-type": type },
        });
        expect([type, reply.status, reply.body.error.code]).toEqual([type, 415, "unsupported_media_type"]);
      }
    },
  );
});
