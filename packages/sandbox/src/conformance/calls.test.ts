import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refusalIn, refusalOf } from "./refusal-of.ts";
import { startTarget, type Target } from "./start-target.ts";

let target: Target;

beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

describe("who may call", () => {
  it("a bad token is 401 authError, named as a header", async () => {
    const response = await target.fetch("drive/v3/about?fields=user", {
      headers: { authorization: "Bearer x" },
    });
    const body = await response.clone().json();
    expect(body).toMatchObject({ error: { code: 401, status: "UNAUTHENTICATED" } });
    expect(await refusalIn(response)).toMatchObject({
      status: 401,
      reason: "authError",
      location: "Authorization",
    });
  });

  it("no token at all is 403, not 401", async () => {
    const response = await target.fetch("drive/v3/about?fields=user", { headers: { authorization: "" } });
    expect(await refusalIn(response)).toMatchObject({ status: 403, reason: "forbidden" });
  });
});

describe("about", () => {
  it("tells the person and the storage, in strings", async () => {
    const { data } = await target.drive.about.get({ fields: "user,storageQuota" });
    expect(data.user).toMatchObject({ kind: "drive#user", me: true, permissionId: expect.any(String) });
    expect(data.user?.emailAddress).toContain("@");
    expect(data.storageQuota?.usage).toMatch(/^\d+$/);
  });

  it("needs fields", async () => {
    expect(await refusalOf(target.drive.about.get({}))).toMatchObject({ status: 400, reason: "required" });
  });
});

describe("JSON", () => {
  it("is written for the eye unless prettyPrint is false", async () => {
    const path = `drive/v3/files/${target.folderId}?fields=id,name`;
    const pretty = await (await target.fetch(path)).text();
    const plain = await (await target.fetch(`${path}&prettyPrint=false`)).text();
    expect(pretty).toContain('{\n  "id"');
    expect(plain).not.toContain("\n ");
    expect(JSON.parse(plain)).toEqual(JSON.parse(pretty));
  });
});

describe("a batch", () => {
  it("answers each call by its Content-ID, failures beside successes", async () => {
    const call = (id: string, path: string) =>
      `--part\r\nContent-Type: application/http\r\nContent-ID: <${id}>\r\n\r\nGET ${path} HTTP/1.1\r\n\r\n`;
    const found = call("here", `/drive/v3/files/${target.folderId}?fields=name`);
    const body = `${found}${call("gone", `/drive/v3/files/1${"x".repeat(32)}`)}--part--\r\n`;
    const response = await target.fetch("batch/drive/v3", {
      method: "POST",
      headers: { "content-type": "multipart/mixed; boundary=part" },
      body,
    });
    expect(response.status).toBe(200);
    const boundary = /boundary=(\S+)/.exec(response.headers.get("content-type") ?? "")?.[1] ?? "";
    const parts = (await response.text()).split(`--${boundary}`);
    const answerTo = (id: string) => parts.find((part) => part.includes(`response-${id}`)) ?? "";
    expect(answerTo("here")).toMatch(/HTTP\/1.1 200[\s\S]*"Conformance"/);
    expect(answerTo("gone")).toMatch(/HTTP\/1.1 404[\s\S]*"notFound"/);
  });
});
