import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blobKeyOf } from "../../library/index.ts";
import { type Edge, startEdge } from "../../testing/start-edge.ts";
import { userFileRoutes } from "./user-file-routes.ts";

const BYTES = randomBytes(300_000);
const SHA256 = createHash("sha256").update(BYTES).digest("hex");

let edge: Edge;
let imageId: string;
beforeAll(async () => {
  edge = await startEdge(userFileRoutes);
  imageId = await edge.addImage(edge.owner, BYTES, {
    filename: "Größe\r\n.png",
    tags: ["hill"],
    takenAt: new Date("2023-05-06T08:11:12Z"),
    source: {
      provider: "google_drive",
      connectionId: "550e8400-e29b-41d4-a716-446655440000",
      fileId: "file_1",
      revision: "r1",
    },
  });
});
afterAll(() => edge.stop());

const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  edge.fetch(`/api/v2/user-files${path}`, { as: edge.owner, headers, method });

describe("GET /user-files", () => {
  it("200 lists what the workspace has, newest first, with totals", async () => {
    const newest = await edge.addImage(edge.owner, Buffer.from("x"));
    const body = await (await get("?limit=1")).json();
    expect(body).toMatchObject({
      limit: 1,
      offset: 0,
      total_count: 2,
      has_more: true,
      files: [{ id: newest }],
    });
    const last = await (await get("?limit=1&offset=1")).json();
    expect(last).toMatchObject({ total_count: 2, has_more: false, files: [{ id: imageId }] });
    const beyond = await (await get("?offset=9")).json();
    expect(beyond).toMatchObject({ files: [], total_count: 2, has_more: false });
  });

  it("200 lists the images of one collection", async () => {
    const { tenantId, userId } = edge.owner.principal;
    const collection = await edge.library.createCollection({ tenantId, createdBy: userId, name: "Hills" });
    expect(await (await get(`?collection_id=${collection.id}`)).json()).toMatchObject({
      files: [],
      total_count: 0,
    });
  });

  it("200 shows a stranger nothing", async () => {
    const response = await edge.fetch("/api/v2/user-files", { as: edge.stranger });
    expect(await response.json()).toMatchObject({ files: [], total_count: 0 });
  });

  it("401 without credentials", async () => {
    expect((await edge.fetch("/api/v2/user-files?limit=none")).status).toBe(401);
  });

  it("404 of a collection that is not there", async () => {
    const response = await get("?collection_id=col_01h455vb4pex5vsknk084sn02q");
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: "collection_not_found" } });
  });

  it.each(["?limit=0", "?limit=1001", "?offset=-1", "?limit=ten", "?page=2"])("422 of %s", async (query) => {
    expect((await get(query)).status).toBe(422);
  });
});

describe("GET /user-files/{id}", () => {
  it("200 tells everything of an image", async () => {
    expect(await (await get(`/${imageId}`)).json()).toEqual({
      id: imageId,
      filename: "Größe\r\n.png",
      title: null,
      description: null,
      description_status: "skipped",
      size_bytes: BYTES.length,
      media_type: "image/png",
      format: "png",
      dimensions: { width: 4, height: 3 },
      sha256: SHA256,
      md5: null,
      tags: ["hill"],
      collection_id: null,
      source: { provider: "google_drive", file_id: "file_1", revision: "r1" },
      taken_at: "2023-05-06T08:11:12.000Z",
      created_at: expect.stringMatching(/Z$/),
    });
  });

  it("404 of an unknown image, and of another workspace's", async () => {
    expect((await get("/img_01h455vb4pex5vsknk084sn02q")).status).toBe(404);
    const response = await edge.fetch(`/api/v2/user-files/${imageId}`, { as: edge.stranger });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: "image_not_found" } });
  });

  it("422 of what is no id", async () => {
    expect((await get("/job_1")).status).toBe(422);
  });
});

describe("GET /user-files/{id}/download", () => {
  const download = (headers: Record<string, string> = {}, method = "GET") =>
    get(`/${imageId}/download`, headers, method);
  const bodyOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

  it("200 sends the original bytes, to be saved and not to be shown as a page", async () => {
    const response = await download();
    expect(response.status).toBe(200);
    expect((await bodyOf(response)).equals(BYTES)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "image/png",
      "content-length": String(BYTES.length),
      "content-disposition": "attachment; filename=\"Gr__e.png\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.png",
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
      "cache-control": "private, no-cache",
      "accept-ranges": "bytes",
      etag: `"${SHA256}"`,
    });
  });

  it("206 sends one range of them", async () => {
    const response = await download({ range: "bytes=100000-250000" });
    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe(`bytes 100000-250000/${BYTES.length}`);
    expect(response.headers.get("content-length")).toBe("150001");
    expect((await bodyOf(response)).equals(BYTES.subarray(100_000, 250_001))).toBe(true);
    const lastTen = await download({ range: "bytes=-10", "if-range": `"${SHA256}"` });
    expect((await bodyOf(lastTen)).equals(BYTES.subarray(-10))).toBe(true);
  });

  it("200 sends everything when the range was meant for other bytes, or is several", async () => {
    for (const headers of [{ range: "bytes=0-1", "if-range": '"other"' }, { range: "bytes=0-1,5-6" }]) {
      const response = await download(headers as Record<string, string>);
      expect(response.status).toBe(200);
      expect(await bodyOf(response)).toHaveLength(BYTES.length);
    }
  });

  it("304 when the caller has them", async () => {
    for (const tags of [`"${SHA256}"`, `"other", W/"${SHA256}"`, "*"]) {
      const response = await download({ "if-none-match": tags });
      expect(response.status).toBe(304);
      expect(await response.text()).toBe("");
      expect(response.headers.get("etag")).toBe(`"${SHA256}"`);
    }
    expect((await download({ "if-none-match": '"other"' })).status).toBe(200);
  });

  it("HEAD tells size and kind without reading the bytes", async () => {
    const response = await download({}, "HEAD");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe(String(BYTES.length));
    expect(response.headers.get("content-type")).toBe("image/png");
  });

  it("401 without credentials", async () => {
    expect((await edge.fetch(`/api/v2/user-files/${imageId}/download`)).status).toBe(401);
  });

  it("404 of another workspace's image", async () => {
    expect((await edge.fetch(`/api/v2/user-files/${imageId}/download`, { as: edge.stranger })).status).toBe(
      404,
    );
  });

  it("416 of bytes beyond the end", async () => {
    const response = await download({ range: `bytes=${BYTES.length}-` });
    expect(response.status).toBe(416);
    expect(response.headers.get("content-range")).toBe(`bytes */${BYTES.length}`);
    expect(await response.json()).toMatchObject({ error: { code: "range_not_satisfiable" } });
  });

  it("503 when the bytes cannot be read", async () => {
    const lost = await edge.addImage(edge.owner, Buffer.from("lost"));
    await edge.blobs.remove(
      blobKeyOf({ tenantId: edge.owner.principal.tenantId, imageId: lost, fencingToken: 1 }),
    );
    const response = await get(`/${lost}/download`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: { code: "storage_unavailable" } });
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
  });
});
