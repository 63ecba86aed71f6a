import { describe, expect, it } from "vitest";
import { withSandbox } from "../../testing/with-sandbox.ts";
import { callControl } from "../testing/control-client.ts";

const DRIVE = "https://www.googleapis.com/auth/drive";

describe("consent over HTTP", () => {
  it("gives the address that the browser is sent back to, with a code that works", () =>
    withSandbox(async ({ sandbox, client }) => {
      const authorizationUrl = client.authorizationUrl().href;
      const { status, body } = await callControl(sandbox, "POST /consent", { authorizationUrl });
      expect(status).toBe(200);
      const back = new URL(String(body.redirectTo));
      expect(back.href.startsWith(client.redirectUri)).toBe(true);
      expect(back.searchParams.get("state")).toBe("state/+ &=1");
      expect(await client.exchange(back.searchParams.get("code") ?? "")).toMatchObject({ status: 200 });
    }));

  it("is given by another person, with scopes unticked, and refused", () =>
    withSandbox(async ({ sandbox, client }) => {
      const authorizationUrl = client.authorizationUrl({ scope: `${DRIVE}.file ${DRIVE}.readonly` }).href;
      const bob = { authorizationUrl, email: "bob@example.com", untick: ["drive.readonly"] };
      const { body } = await callControl(sandbox, "POST /consent", bob);
      expect(new URL(String(body.redirectTo)).searchParams.get("scope")).toBe(`${DRIVE}.file`);
      const denied = await callControl(sandbox, "POST /consent", { authorizationUrl, deny: true });
      expect(new URL(String(denied.body.redirectTo)).searchParams.get("error")).toBe("access_denied");
    }));

  it("picks files where picking is a part of signing in", () =>
    withSandbox(async ({ sandbox, client }) => {
      const file = { name: "a.png", mimeType: "image/png", content: Buffer.from("a") };
      const { id } = sandbox.drive.addFile(sandbox.accounts[0]?.sub ?? "", file);
      const asked = { scope: `${DRIVE}.file`, trigger_onepick: "true" };
      const authorizationUrl = client.authorizationUrl(asked).href;
      const { body } = await callControl(sandbox, "POST /consent", { authorizationUrl, pick: [id] });
      expect(new URL(String(body.redirectTo)).searchParams.get("picked_file_ids")).toBe(id);
    }));

  it("asks the sandbox itself, whatever host the address names", () =>
    withSandbox(async ({ sandbox, client }) => {
      const authorizationUrl = client
        .authorizationUrl()
        .href.replace(sandbox.origin, "https://accounts.google.com");
      const { body } = await callControl(sandbox, "POST /consent", { authorizationUrl });
      expect(String(body.redirectTo)).toContain("code=");
    }));

  it("fails with 409 consent_refused and Google's code where the sandbox shows its error page", () =>
    withSandbox(async ({ sandbox, client }) => {
      const authorizationUrl = client.authorizationUrl({ client_id: "nobody" }).href;
      const { status, body } = await callControl(sandbox, "POST /consent", { authorizationUrl });
      expect([status, body.error?.code]).toEqual([409, "consent_refused"]);
      expect(body.error?.message).toContain("invalid_client");
    }));

  it.each([
    ["email", "bob@example.com", { login_hint: "alice@example.com" }, { email: "bob@example.com" }],
    ["untick", "nonsense", {}, { untick: ["nonsense"] }],
    ["pick", "no-such-file", {}, { pick: ["no-such-file"] }],
  ])(
    "fails with 409 consent_refused for an answer that the pages leave no room for: %s %s",
    (field, value, changes, answer) =>
      withSandbox(async ({ sandbox, client }) => {
        const authorizationUrl = client.authorizationUrl(changes).href;
        const { status, body } = await callControl(sandbox, "POST /consent", { authorizationUrl, ...answer });
        expect([status, body.error?.code, body.error?.field]).toEqual([409, "consent_refused", field]);
        expect(body.error?.message).toContain(value);
      }),
  );

  it.each([
    [{ authorizationUrl: "http://localhost/drive/v3/files" }, 400, "invalid_value", "authorizationUrl"],
    [{ authorizationUrl: "somewhere" }, 400, "invalid_value", "authorizationUrl"],
    [
      { authorizationUrl: "http://localhost/o/oauth2/v2/auth", email: "eve@example.com" },
      404,
      "unknown_account",
      "email",
    ],
    [{ authorizationUrl: "http://localhost/o/oauth2/v2/auth", deny: "yes" }, 400, "invalid_value", "deny"],
  ])("is not asked for %j", (body, status, code, field) =>
    withSandbox(async ({ sandbox }) => {
      const answer = await callControl(sandbox, "POST /consent", body);
      expect([answer.status, answer.body.error?.code, answer.body.error?.field]).toEqual([
        status,
        code,
        field,
      ]);
    }),
  );
});
