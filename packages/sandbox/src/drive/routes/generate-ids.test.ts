import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FOLDER_MIME } from "../file.ts";
import { startTestDrive, type TestDrive } from "../testing/start-test-drive.ts";

const PATH = "/drive/v3/files/generateIds";
let drive: TestDrive;

beforeAll(async () => {
  drive = await startTestDrive();
});
afterAll(() => drive.close());

async function reserve(): Promise<string> {
  return (await drive.json(`${PATH}?count=1`)).body.ids[0] ?? "";
}

function create(body: object) {
  return drive.json("/drive/v3/files?fields=id,mimeType", { method: "POST", body });
}

describe("generated ids", () => {
  it("are ten unless a count from 1 to 1000 is named", async () => {
    expect((await drive.json(PATH)).body.ids).toHaveLength(10);
    for (const count of [1, 1000]) {
      expect(new Set((await drive.json(`${PATH}?count=${count}`)).body.ids).size).toBe(count);
    }
    for (const count of ["0", "1001", "-1", "x", "1.5"]) {
      const answer = await drive.json(`${PATH}?count=${count}`);
      expect(answer).toMatchObject({ status: 400, reason: "invalid" });
      expect(answer.body.error.errors[0]?.location).toBe("count");
    }
  });

  it("are for files or shortcuts of the space drive", async () => {
    for (const query of ["type=files&space=drive", "type=shortcuts"]) {
      expect((await drive.json(`${PATH}?${query}`)).body).toMatchObject({
        kind: "drive#generatedIds",
        space: "drive",
      });
    }
    expect(await drive.json(`${PATH}?type=folders`)).toMatchObject({ status: 400, reason: "invalid" });
    expect(await drive.json(`${PATH}?space=photos`)).toMatchObject({ status: 400, reason: "invalid" });
  });

  it("make a creation that is repeated a 409 fileIdInUse, with exactly one file there", async () => {
    const id = await reserve();
    expect((await create({ id, name: "once" })).body.id).toBe(id);
    const again = await create({ id, name: "once" });
    expect(again).toMatchObject({ status: 409, reason: "fileIdInUse" });
    expect(again.body.error.message).toBe("A file already exists with the provided ID.");
    expect(drive.store.listAll("101").filter(({ name }) => name === "once")).toHaveLength(1);
  });

  it("do for folders, and not for Docs editors files", async () => {
    const id = await reserve();
    expect((await create({ id, mimeType: FOLDER_MIME })).body).toEqual({ id, mimeType: FOLDER_MIME });
    const document = "application/vnd.google-apps.document";
    expect(await create({ id: await reserve(), mimeType: document })).toMatchObject({ status: 400 });
  });

  it("are not made up: another id is 400", async () => {
    const answer = await create({ id: "1".repeat(33) });
    expect(answer).toMatchObject({ status: 400, reason: "invalid" });
    expect(answer.body.error.message).toBe("The provided file ID is not usable.");
  });
});
