import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestDrive, type TestDrive } from "../testing/start-test-drive.ts";

const FIELDS = "fields=id,properties,appProperties";
let drive: TestDrive;

beforeAll(async () => {
  drive = await startTestDrive();
});
afterAll(() => drive.close());

function some(count: number, prefix = "k"): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`${prefix}${n}`, "v"]));
}

function create(body: object, clientId = "app") {
  return drive.json(`/drive/v3/files?${FIELDS}`, { method: "POST", body, clientId });
}

function patch(id: string, body: object, clientId = "app") {
  return drive.json(`/drive/v3/files/${id}?${FIELDS}`, { method: "PATCH", body, clientId });
}

function refusalNaming(location: string) {
  return { status: 400, reason: "invalid", body: { error: { errors: [{ location }] } } };
}

describe("the properties of a file", () => {
  it.each(["properties", "appProperties"])(
    "are at most 30 %s, whether it is made, copied or changed",
    async (kind) => {
      const { status, body } = await create({ [kind]: some(30) });
      expect([status, body[kind]]).toEqual([200, some(30)]);
      const refused = refusalNaming(kind);
      expect(await create({ [kind]: some(31) })).toMatchObject(refused);
      expect(await patch(body.id, { [kind]: { more: "v" } })).toMatchObject(refused);
      const start = "/upload/drive/v3/files?uploadType=resumable";
      expect(await drive.json(start, { method: "POST", body: { [kind]: some(31) } })).toMatchObject(refused);
      const copy = { method: "POST", body: { [kind]: some(31, "c") } };
      expect(await drive.json(`/drive/v3/files/${body.id}/copy`, copy)).toMatchObject(refused);
      expect((await patch(body.id, { [kind]: { k0: null, more: "v" } })).status).toBe(200);
      expect((await patch(body.id, { [kind]: { another: "v" } })).status).toBe(400);
    },
  );

  it("are at most 100 together, of all applications", async () => {
    const { id } = (await create({ properties: some(20) })).body;
    for (const clientId of ["one", "two"]) {
      expect((await patch(id, { appProperties: some(30) }, clientId)).status).toBe(200);
    }
    expect((await patch(id, { appProperties: some(20) }, "three")).status).toBe(200);
    expect(await patch(id, { appProperties: { more: "v" } }, "three")).toMatchObject(
      refusalNaming("appProperties"),
    );
    expect((await patch(id, { name: "as many as may be" }, "three")).status).toBe(200);
  });

  it("may have any name, also one that objects of the language have", async () => {
    const named = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c"}') as object;
    const send = (path: string, method: string) =>
      drive.call(path, {
        method,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ properties: named, appProperties: named }),
      });
    const made = await (await send(`/drive/v3/files?${FIELDS}`, "POST")).text();
    const { id } = JSON.parse(made) as { id: string };
    const plain = (await create({})).body;
    const changed = await (await send(`/drive/v3/files/${plain.id}?${FIELDS}`, "PATCH")).text();
    const copied = await (await send(`/drive/v3/files/${id}/copy?${FIELDS}`, "POST")).text();
    for (const text of [made, changed, copied]) {
      const { properties, appProperties } = JSON.parse(text) as Record<string, object>;
      for (const kept of [properties, appProperties]) {
        expect(Object.entries(kept ?? {})).toEqual(Object.entries(named));
      }
    }
  });
});
