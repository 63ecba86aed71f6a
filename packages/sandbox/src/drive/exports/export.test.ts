import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestDrive, type TestDrive } from "../testing/start-test-drive.ts";

const NATIVE = "application/vnd.google-apps.";
let drive: TestDrive;

beforeAll(async () => {
  drive = await startTestDrive();
});
afterAll(() => drive.close());

function add(type: string, more: object = {}) {
  return drive.store.addFile("101", {
    name: 'Plan (<1> & "2") é\n',
    mimeType: NATIVE + type,
    content: null,
    ...more,
  });
}

const exportAs = (id: string, mimeType: string) =>
  drive.call(`/drive/v3/files/${id}/export?mimeType=${encodeURIComponent(mimeType)}`);

describe("an export", () => {
  it("works from every type to every format that about.exportFormats names, for a file just made", async () => {
    const { body } = await drive.json("/drive/v3/about?fields=exportFormats");
    const formats = body.exportFormats as Record<string, readonly string[]>;
    expect(Object.keys(formats).sort()).toEqual(
      ["document", "drawing", "presentation", "spreadsheet"].map((type) => NATIVE + type),
    );
    for (const [mimeType, targets] of Object.entries(formats)) {
      const made = await drive.json("/drive/v3/files", { method: "POST", body: { name: "n", mimeType } });
      for (const target of targets) {
        const answer = await exportAs(made.body.id, target);
        expect([target, answer.status, answer.headers.get("content-type")]).toEqual([target, 200, target]);
        expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(0);
      }
    }
  });

  it("of a drawing gives a PNG, a JPEG, an SVG and a PDF", async () => {
    const { id } = add("drawing");
    const bytes = async (mimeType: string) => Buffer.from(await (await exportAs(id, mimeType)).arrayBuffer());
    expect((await sharp(await bytes("image/png")).metadata()).format).toBe("png");
    expect((await sharp(await bytes("image/jpeg")).metadata()).format).toBe("jpeg");
    expect((await sharp(await bytes("image/svg+xml")).metadata()).format).toBe("svg");
    expect((await bytes("application/pdf")).toString("latin1")).toMatch(/^%PDF-1\.4[\s\S]*%%EOF\n$/);
  });

  it("gives the bytes that the file was made with before any others", async () => {
    const { id } = add("document", {
      exports: { "text/plain": Buffer.from("mine"), "x/own": Buffer.from("own") },
    });
    expect(await (await exportAs(id, "text/plain")).text()).toBe("mine");
    expect(await (await exportAs(id, "x/own")).text()).toBe("own");
    expect((await exportAs(id, "application/pdf")).status).toBe(200);
  });

  it("without a mimeType is 400 required, with one that will not do or is empty 400 at convertTo", async () => {
    const { id } = add("document");
    const bare = await drive.json(`/drive/v3/files/${id}/export`);
    expect(bare).toMatchObject({
      status: 400,
      reason: "required",
      body: { error: { message: "Required parameter: mimeType" } },
    });
    for (const mimeType of ["image/png", "", "text/csv;charset=utf-8", "constructor"]) {
      const answer = await drive.json(
        `/drive/v3/files/${id}/export?mimeType=${encodeURIComponent(mimeType)}`,
      );
      expect(answer).toMatchObject({ status: 400, reason: "badRequest" });
      expect(answer.body.error.errors[0]?.location).toBe("convertTo");
    }
  });

  it("of more than 10 MB is 403 exportSizeLimitExceeded, which the export links know nothing of", async () => {
    const { id } = add("presentation", {
      exports: { "application/pdf": Buffer.alloc(10 * 1024 * 1024 + 1) },
    });
    const path = `/drive/v3/files/${id}/export?mimeType=application/pdf`;
    expect(await drive.json(path)).toMatchObject({ status: 403, reason: "exportSizeLimitExceeded" });
    const { body } = await drive.json(`/drive/v3/files/${id}?fields=exportLinks`);
    const links = body.exportLinks as Record<string, string>;
    expect(Object.keys(links).sort()).toEqual(["application/pdf", "text/plain"]);
    const answer = await drive.call(links["application/pdf"] ?? "");
    expect((await answer.arrayBuffer()).byteLength).toBe(10 * 1024 * 1024 + 1);
    expect((await drive.call(links["text/plain"] ?? "", { scopes: null })).status).toBe(403);
  });

  it.each([`${NATIVE}folder`, `${NATIVE}shortcut`, "image/png"])(
    "of %s is 403 fileNotExportable",
    async (mimeType) => {
      const { id } = drive.store.addFile("101", { name: "a", mimeType, content: null });
      const path = `/drive/v3/files/${id}/export?mimeType=application/pdf`;
      expect(await drive.json(path)).toMatchObject({ status: 403, reason: "fileNotExportable" });
    },
  );

  it("of a type that nobody can export has no links and no formats", async () => {
    const { id } = add("form");
    expect((await drive.json(`/drive/v3/files/${id}?fields=exportLinks`)).body).toEqual({});
    expect((await exportAs(id, "application/pdf")).status).toBe(400);
  });
});
