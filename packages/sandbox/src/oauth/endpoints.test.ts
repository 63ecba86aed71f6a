import { describe, expect, it } from "vitest";
import { withSandbox } from "../testing/with-sandbox.ts";

const FORM = "application/x-www-form-urlencoded";

describe("the token endpoint", () => {
  it("takes no JSON: 400 invalid_request", () =>
    withSandbox(async ({ sandbox, client }) => {
      const { body } = await client.connect();
      const { clientId, clientSecret, origin } = sandbox;
      const answer = await fetch(`${origin}/token`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          grant_type: "refresh_token",
          refresh_token: body.refresh_token,
          client_id: clientId,
          client_secret: clientSecret,
        }),
      });
      expect(answer.status).toBe(400);
      expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
      expect(await answer.json()).toMatchObject({ error: "invalid_request" });
    }));

  it("takes no parameter twice: 400 invalid_request that names it", () =>
    withSandbox(async ({ sandbox }) => {
      const answer = await fetch(`${sandbox.origin}/token`, {
        method: "POST",
        headers: { "content-type": FORM },
        body: "grant_type=refresh_token&refresh_token=a&refresh_token=b",
      });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toEqual({
        error: "invalid_request",
        error_description: "OAuth 2 parameters can only have a single value: refresh_token",
      });
    }));

  it.each([
    [{ grant_type: null }, "invalid_request", "Missing required parameter: grant_type"],
    [
      { grant_type: "client_credentials" },
      "unsupported_grant_type",
      "Invalid grant_type: client_credentials",
    ],
  ])("answers 400 to %j with %s", (changes, error, error_description) =>
    withSandbox(async ({ client }) => {
      const answer = await client.exchange("4/0A", changes);
      expect(answer).toEqual({ status: 400, body: { error, error_description } });
    }),
  );

  it("is not there for GET", () =>
    withSandbox(async ({ sandbox }) => {
      expect((await fetch(`${sandbox.origin}/token`)).status).toBe(404);
    }));
});

describe("what the OAuth routes cannot read", () => {
  const large = `token=${"t".repeat(300_000)}`;
  const refused = [
    [400, "garbage", "token=t"],
    [413, FORM, large],
  ] as const;

  it.each(["/token", "/revoke", "/o/oauth2/revoke", "/tokeninfo", "/v1/userinfo"])(
    "is invalid_request in the flat form at %s",
    (path) =>
      withSandbox(async ({ sandbox }) => {
        for (const [status, type, body] of refused) {
          const headers = { "content-type": type };
          const answer = await fetch(`${sandbox.origin}${path}`, { method: "POST", headers, body });
          expect(answer.status).toBe(status);
          expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
          const error_description = expect.any(String) as unknown;
          expect(await answer.json()).toEqual({ error: "invalid_request", error_description });
        }
      }),
  );

  it.each(["/o/oauth2/v2/auth/decision", "/sandbox/account/1"])("ends on the error page at %s", (path) =>
    withSandbox(async ({ sandbox }) => {
      for (const [status, type, body] of refused) {
        const headers = { "content-type": type };
        const answer = await fetch(`${sandbox.origin}${path}`, { method: "POST", headers, body });
        expect(answer.status).toBe(status);
        expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
        expect(await answer.text()).toContain('data-error="invalid_request"');
      }
    }),
  );
});

describe("the old address of revocation", () => {
  it.each(["GET", "POST"])("takes %s", (method) =>
    withSandbox(async ({ sandbox, client }) => {
      const { body } = await client.connect();
      const address = `${sandbox.origin}/o/oauth2/revoke?token=${encodeURIComponent(String(body.refresh_token))}`;
      expect((await fetch(address, { method })).status).toBe(200);
      expect((await fetch(address, { method })).status).toBe(400);
      expect((await client.refresh(body.refresh_token)).body.error).toBe("invalid_grant");
    }),
  );
});

describe("the log of requests", () => {
  it("names the person and the client of each OAuth request, and holds no token or secret", () =>
    withSandbox(async ({ sandbox, client }) => {
      const { body } = await client.connect();
      await client.refresh(body.refresh_token);
      await client.get("/v1/userinfo", body.access_token);
      await client.get(`/tokeninfo?access_token=${String(body.access_token)}`);
      await client.post("/revoke", { token: String(body.refresh_token) });
      const entries = sandbox.requests.since(0);
      const known = entries.map(({ kind, email, clientId }) => [kind, email, clientId]);
      const alice = ["alice@example.com", sandbox.clientId];
      expect(known).toEqual([
        ["oauth.authorize", null, sandbox.clientId],
        ["oauth.authorize", ...alice],
        ["oauth.decision", ...alice],
        ["oauth.token", ...alice],
        ["oauth.token", ...alice],
        ["oauth.userinfo", ...alice],
        ["oauth.tokeninfo", ...alice],
        ["oauth.revoke", ...alice],
      ]);
      const text = JSON.stringify(entries);
      const secrets = [body.access_token, body.refresh_token, body.id_token, sandbox.clientSecret];
      for (const secret of secrets) expect(text).not.toContain(String(secret));
    }));

  it("names no client whose secret was wrong", () =>
    withSandbox(async ({ sandbox, client }) => {
      await client.exchange("4/0A", { client_secret: "wrong" });
      expect(sandbox.requests.since(0)).toMatchObject([{ status: 401, email: null, clientId: null }]);
    }));
});

describe("picking nothing while signing in", () => {
  const onePick = {
    scope: "https://www.googleapis.com/auth/drive.file",
    trigger_onepick: "true",
    prompt: "consent",
    login_hint: "alice@example.com",
  };

  it("shows the picker again, and Cancel comes back with access_denied", () =>
    withSandbox(async ({ sandbox, client }) => {
      const form = {
        request: client.authorizationUrl(onePick).searchParams.toString(),
        account: sandbox.accounts[0]?.sub ?? "",
        granted: onePick.scope,
      };
      const press = (decision: string) =>
        fetch(`${sandbox.origin}/o/oauth2/v2/auth/decision`, {
          method: "POST",
          body: new URLSearchParams({ ...form, decision }),
          redirect: "manual",
        });
      expect(await (await press("allow")).text()).not.toContain('data-testid="nothing-picked"');
      expect(await (await press("pick")).text()).toContain('data-testid="nothing-picked"');
      expect((await press("deny")).headers.get("location")).toContain("error=access_denied");
      await expect(client.consent(onePick)).rejects.toThrow("name them in `pick`");
    }));

  it("shows the first 500 of more files, and any other one when it is named", () =>
    withSandbox(async ({ sandbox, client }) => {
      const sub = sandbox.accounts[0]?.sub ?? "";
      const ids = Array.from({ length: 502 }, (_each, index) => {
        const content = Buffer.from(String(index));
        return sandbox.drive.addFile(sub, { name: `${1000 + index}.txt`, mimeType: "text/plain", content })
          .id;
      });
      const last = ids.at(-1) ?? "";
      await expect(client.consent(onePick, { pick: [last] })).rejects.toThrow("does not offer the file");
      const back = await client.consent({ ...onePick, file_ids: last }, { pick: [last] });
      expect(back.searchParams.get("picked_file_ids")).toBe(last);
    }));

  it("shows the files whose names come first, whenever they were added", () =>
    withSandbox(async ({ sandbox, client }) => {
      const sub = sandbox.accounts[0]?.sub ?? "";
      const ids = Array.from({ length: 502 }, (_each, index) => {
        const name = `${2000 - index}.txt`;
        return sandbox.drive.addFile(sub, { name, mimeType: "text/plain", content: Buffer.from(name) }).id;
      });
      const [highest = "", lowest = ""] = [ids[0], ids.at(-1)];
      await expect(client.consent(onePick, { pick: [highest] })).rejects.toThrow("does not offer the file");
      const back = await client.consent(onePick, { pick: [lowest] });
      expect(back.searchParams.get("picked_file_ids")).toBe(lowest);
    }));

  it("offers what others have shared and what lies in shared drives, and nothing that the person may not see", () =>
    withSandbox(async ({ sandbox, client }) => {
      const [alice, bob] = sandbox.accounts;
      const added = (sub: string, parentId?: string) => {
        const file = { name: "a", mimeType: "text/plain", content: Buffer.from("a") };
        return sandbox.drive.addFile(sub, parentId === undefined ? file : { ...file, parentId }).id;
      };
      const bobs = Array.from({ length: 4 }, () => added(bob?.sub ?? ""));
      const [shared = "", linked = "", hidden = "", hiddenInFolder = ""] = bobs;
      sandbox.drive.shareFile(shared, { email: alice?.email ?? "", role: "reader" });
      sandbox.drive.shareFile(linked, {
        to: { type: "anyone", allowFileDiscovery: false },
        role: "reader",
      });
      const members = [{ email: alice?.email ?? "", role: "writer" }] as const;
      const inDrive = added(bob?.sub ?? "", sandbox.drive.addSharedDrive({ name: "Team", members }).id);
      const picks = async (id: string, changes: Record<string, string> = {}) =>
        await client.consent({ ...onePick, ...changes }, { pick: [id] }).then(
          () => true,
          () => false,
        );
      expect([await picks(shared), await picks(inDrive), await picks(hidden)]).toEqual([true, true, false]);
      expect([await picks(linked), await picks(linked, { file_ids: linked })]).toEqual([false, true]);
      expect(await picks(hiddenInFolder, { file_ids: hiddenInFolder })).toBe(false);
    }));

  it("gives no files of a picked folder", () =>
    withSandbox(async ({ sandbox, client }) => {
      const sub = sandbox.accounts[0]?.sub ?? "";
      const folder = sandbox.drive.addFolder(sub, { name: "f" });
      const inside = { name: "a", mimeType: "text/plain", content: Buffer.from("a"), parentId: folder.id };
      const { id } = sandbox.drive.addFile(sub, inside);
      const back = await client.consent(
        { ...onePick, allow_folder_selection: "true" },
        { pick: [folder.id] },
      );
      const { body } = await client.exchange(back.searchParams.get("code") ?? "");
      const status = async (fileId: string) =>
        (await client.get(`/drive/v3/files/${fileId}`, body.access_token)).status;
      expect([await status(folder.id), await status(id)]).toEqual([200, 404]);
    }));
});

describe("the home page", () => {
  it("names the clients with their secrets, the people with their account pages, and the control API", () =>
    withSandbox(
      async ({ sandbox }) => {
        const html = await (await fetch(sandbox.origin)).text();
        expect(html).toContain(sandbox.clientId);
        expect(html).toContain("second-client");
        expect(html).toContain(`<dd>${sandbox.clientSecret}</dd>`);
        expect(html).toContain("<dd>second-secret</dd>");
        for (const { sub, email } of sandbox.accounts) {
          expect(html).toContain(`<a href="/sandbox/account/${sub}">${email}</a>`);
        }
        expect(html).toContain(`${sandbox.origin}/sandbox/api`);
      },
      { clients: [{ clientId: "second-client", clientSecret: "second-secret" }] },
    ));
});
