import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestDrive, type TestDrive } from "../testing/start-test-drive.ts";

let drive: TestDrive;

beforeAll(async () => {
  drive = await startTestDrive();
});
afterAll(() => drive.close());

describe("an error", () => {
  it("for a bad token is 401 authError with the long message outside and the short one inside", async () => {
    const { status, body } = await drive.json("/drive/v3/files/x", { email: "nobody@example.com" });
    expect(status).toBe(401);
    expect(body.error).toEqual({
      code: 401,
      message:
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
      errors: [
        {
          message: "Invalid Credentials",
          domain: "global",
          reason: "authError",
          location: "Authorization",
          locationType: "header",
        },
      ],
      status: "UNAUTHENTICATED",
    });
  });

  it("for no Authorization header is 403 forbidden, and not 401", async () => {
    const { status, body } = await drive.json("/drive/v3/files", { scopes: null });
    expect(status).toBe(403);
    expect(body.error).toMatchObject({
      message: expect.stringMatching(/^Method doesn't allow unregistered callers/),
      errors: [{ reason: "forbidden", domain: "global" }],
      status: "PERMISSION_DENIED",
    });
  });

  it("for a missing scope has details with ACCESS_TOKEN_SCOPE_INSUFFICIENT", async () => {
    const { status, body } = await drive.json("/drive/v3/files", { scopes: ["userinfo.email"] });
    expect(status).toBe(403);
    expect(body.error).toMatchObject({
      message: "Request had insufficient authentication scopes.",
      errors: [{ reason: "insufficientPermissions" }],
      details: [
        { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT" },
      ],
    });
  });

  it("while the API is switched off is 403 accessNotConfigured with details SERVICE_DISABLED, on every method", async () => {
    drive.settings.change({ drive: { apiEnabled: false } });
    const media = "/upload/drive/v3/files?uploadType=media";
    for (const [path, method] of [
      ["/drive/v3/files", "GET"],
      ["/drive/v3/about?fields=user", "GET"],
      ["/drive/v3/files", "POST"],
      [media, "POST"],
    ] as const) {
      const { status, body } = await drive.json(path, { method, ...(method === "POST" && { body: {} }) });
      expect([path, status]).toEqual([path, 403]);
      expect(body.error).toMatchObject({
        message: expect.stringContaining("console.developers.google.com/apis/api/drive.googleapis.com"),
        errors: [{ domain: "usageLimits", reason: "accessNotConfigured", extendedHelp: expect.any(String) }],
        status: "PERMISSION_DENIED",
        details: [{ reason: "SERVICE_DISABLED", metadata: { service: "drive.googleapis.com" } }],
      });
    }
    drive.settings.change({ drive: { apiEnabled: true } });
    expect((await drive.json("/drive/v3/files")).status).toBe(200);
  });

  it("for a file that is not there names it, with location fileId", async () => {
    const { status, body } = await drive.json("/drive/v3/files/nowhere");
    expect(status).toBe(404);
    expect(body.error).toEqual({
      code: 404,
      message: "File not found: nowhere.",
      errors: [
        {
          message: "File not found: nowhere.",
          domain: "global",
          reason: "notFound",
          location: "fileId",
          locationType: "parameter",
        },
      ],
    });
  });

  it("has a status outside errors[] on authentication failures alone", async () => {
    const answers = await Promise.all([
      drive.json("/drive/v3/files/nowhere"),
      drive.json("/drive/v3/files?fields=foo"),
      drive.json("/drive/v3/about"),
    ]);
    for (const { body } of answers) expect(body.error.status).toBeUndefined();
  });

  it("is indented unless the caller declines", async () => {
    expect(await (await drive.call("/drive/v3/files/x")).text()).toContain('\n  "error"');
    expect(await (await drive.call("/drive/v3/files/x?prettyPrint=false")).text()).not.toContain("\n");
  });
});
