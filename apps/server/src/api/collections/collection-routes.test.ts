import { CollectionReply } from "@driveway/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Person } from "../../testing/make-person.ts";
import { type Edge, startEdge } from "../../testing/start-edge.ts";
import { collectionRoutes } from "./collection-routes.ts";

const PATH = "/api/v2/collections";

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge(collectionRoutes);
});
afterAll(() => edge.stop());

function create(body: unknown, as: Person = edge.owner): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return edge.fetch(PATH, { method: "POST", as, headers, body: JSON.stringify(body) });
}

async function created(name: string): Promise<{ id: string; name: string }> {
  return CollectionReply.parse(await (await create({ name })).json()).collection;
}

describe("POST /collections", () => {
  it("201 makes an empty collection", async () => {
    const response = await create({ name: "Hills & <b>dales</b>" });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      collection: {
        id: expect.stringMatching(/^col_/),
        name: "Hills & <b>dales</b>",
        image_count: 0,
        created_at: expect.stringMatching(/Z$/),
      },
    });
  });

  it("401 without credentials, before the body is looked at", async () => {
    expect((await edge.fetch(PATH, { method: "POST", body: "{" })).status).toBe(401);
  });

  it.each([{}, { name: "" }, { name: "x".repeat(201) }, { name: "a\u0000b" }, { name: "a", colour: "red" }])(
    "422 of %j",
    async (body) => {
      expect((await create(body)).status).toBe(422);
    },
  );
});

describe("GET /collections", () => {
  it("200 lists page by page, newest first, with the number of images", async () => {
    const one = await created("One");
    const two = await created("Two");
    await edge.addImage(edge.owner, Buffer.from("x"), { collectionId: one.id });
    const first = await (await edge.fetch(`${PATH}?limit=1`, { as: edge.owner })).json();
    expect(first).toMatchObject({ collections: [{ id: two.id, image_count: 0 }], next_cursor: two.id });
    const second = await (await edge.fetch(`${PATH}?limit=1&cursor=${two.id}`, { as: edge.owner })).json();
    expect(second).toMatchObject({ collections: [{ id: one.id, name: "One", image_count: 1 }] });
  });

  it("200 shows a stranger nothing", async () => {
    const response = await edge.fetch(PATH, { as: edge.stranger });
    expect(await response.json()).toEqual({ collections: [], next_cursor: null });
  });

  it("401 without credentials", async () => {
    expect((await edge.fetch(PATH)).status).toBe(401);
  });

  it.each(["?limit=0", "?cursor=1", "?offset=1"])("422 of %s", async (query) => {
    expect((await edge.fetch(`${PATH}${query}`, { as: edge.owner })).status).toBe(422);
  });
});

describe("GET /collections/{id}", () => {
  it("200 tells of one", async () => {
    const { id } = await created("Alone");
    const response = await edge.fetch(`${PATH}/${id}`, { as: edge.owner });
    expect(await response.json()).toMatchObject({ collection: { id, name: "Alone", image_count: 0 } });
  });

  it("404 of an unknown one, and of another workspace's", async () => {
    const { id } = await created("Ours");
    expect((await edge.fetch(`${PATH}/col_01h455vb4pex5vsknk084sn02q`, { as: edge.owner })).status).toBe(404);
    const response = await edge.fetch(`${PATH}/${id}`, { as: edge.stranger });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: "collection_not_found" } });
  });
});
