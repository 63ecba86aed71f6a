import { describe, expect, it } from "vitest";
import { withSandbox } from "../../testing/with-sandbox.ts";
import { callControl } from "../testing/control-client.ts";

describe("the request log over HTTP", () => {
  it("gives the entries that match, the latest of them within the limit, with a mark to go on from", () =>
    withSandbox(async ({ sandbox, client }) => {
      const { body: tokens } = await client.connect();
      const { body: before } = await callControl(sandbox, "GET /requests?limit=0");
      expect(before).toEqual({ mark: sandbox.requests.mark(), total: sandbox.requests.count(), entries: [] });
      for (const id of ["a", "b", "b"]) await client.get(`/drive/v3/files/${id}`, tokens.access_token);
      await client.get("/drive/v3/about?fields=user", tokens.access_token);
      const since = `/requests?since=${String(before.mark)}`;
      const kindsOf = async (query: string) => {
        const { body } = await callControl(sandbox, `GET ${since}${query}`);
        return { total: body.total, kinds: (body.entries as { kind: string }[]).map(({ kind }) => kind) };
      };
      const gets = ["files.get", "files.get", "files.get"];
      expect(await kindsOf("")).toEqual({ total: 4, kinds: [...gets, "about"] });
      expect(await kindsOf("&kind=files.*")).toEqual({ total: 3, kinds: gets });
      expect(await kindsOf("&fileId=b")).toEqual({ total: 2, kinds: gets.slice(1) });
      expect(await kindsOf("&limit=1")).toEqual({ total: 4, kinds: ["about"] });
      expect(await kindsOf("&status=404&email=alice@example.com")).toEqual({ total: 3, kinds: gets });
      expect(await kindsOf("&email=bob@example.com")).toEqual({ total: 0, kinds: [] });
      expect(await kindsOf("&batched=false&outcome=sent&method=GET")).toMatchObject({ total: 4 });
      expect(await kindsOf("&fault=*")).toMatchObject({ total: 0 });
    }));

  it("tells of each request its kind, path, person, client, status, outcome, bytes and time, and no token", () =>
    withSandbox(async ({ sandbox, client }) => {
      const { body: tokens } = await client.connect();
      await client.get("/drive/v3/files/none?fields=id", tokens.access_token);
      const { body } = await callControl(sandbox, "GET /requests?kind=files.get");
      expect(body.entries).toMatchObject([
        {
          kind: "files.get",
          method: "GET",
          path: "/drive/v3/files/none",
          fileId: "none",
          email: "alice@example.com",
          clientId: sandbox.clientId,
          status: 404,
          outcome: "sent",
          at: "2026-01-15T12:00:00.000Z",
        },
      ]);
      const { body: all } = await callControl(sandbox, "GET /requests");
      expect(JSON.stringify(all)).not.toContain(String(tokens.access_token));
      expect(JSON.stringify(all)).not.toContain(String(tokens.refresh_token));
    }));

  it("is summed up by kind, status, user and bytes, and forgotten when told to", () =>
    withSandbox(async ({ sandbox, client }) => {
      const { body: tokens } = await client.connect();
      const { body: before } = await callControl(sandbox, "GET /requests/counts");
      await client.get("/drive/v3/files/none", tokens.access_token);
      const { body } = await callControl(sandbox, `GET /requests/counts?since=${String(before.mark)}`);
      expect(body).toMatchObject({ requests: 1, byKind: { "files.get": 1 }, byStatus: { 404: 1 }, cut: 0 });
      expect(await callControl(sandbox, "DELETE /requests")).toMatchObject({ status: 204 });
      expect((await callControl(sandbox, "GET /requests/counts")).body).toMatchObject({
        requests: 0,
        byKind: {},
      });
      expect(sandbox.requests.count()).toBe(0);
    }));

  it.each(["since=x", "status=4xx", "limit=-1", "outcome=lost", "batched=yes", "since=1&since=2"])(
    "refuses the search %s with 400 invalid_value, naming the parameter",
    (query) =>
      withSandbox(async ({ sandbox }) => {
        const { status, body } = await callControl(sandbox, `GET /requests?${query}`);
        expect(status).toBe(400);
        expect(body.error).toMatchObject({ code: "invalid_value", field: query.split("=")[0] });
      }),
  );
});

describe("waiting for requests over HTTP", () => {
  it("answers when the request that is waited for has come", () =>
    withSandbox(async ({ sandbox, client }) => {
      const waiting = callControl(sandbox, "GET /requests/wait?kind=about&status=401&outcome=sent&count=2");
      await client.get("/drive/v3/about?fields=user", "wrong");
      await client.get("/drive/v3/about?fields=user", "wrong");
      const { status, body } = await waiting;
      expect(status).toBe(200);
      expect(body).toMatchObject({ total: 2, entries: [{ kind: "about" }, { outcome: "sent" }] });
    }));

  it("answers 409 wait_timed_out, saying how many came, when there were not enough in time", () =>
    withSandbox(async ({ sandbox, client }) => {
      await client.get("/drive/v3/about?fields=user", "wrong");
      const { status, body } = await callControl(sandbox, "GET /requests/wait?count=2&timeoutMs=1");
      expect([status, body.error?.code]).toEqual([409, "wait_timed_out"]);
      expect(body.error?.message).toBe("1 of 2 matching requests came within 1 ms");
    }));

  it("is given up when the sandbox closes", async () => {
    const { promise: closed, resolve } = Promise.withResolvers<PromiseSettledResult<unknown>[]>();
    await withSandbox(async ({ sandbox }) => {
      const inCode = sandbox.requests.waitFor({ kind: "about" });
      const overHttp = callControl(sandbox, "GET /requests/wait?kind=about");
      void Promise.allSettled([inCode, overHttp]).then(resolve);
      await callControl(sandbox, "GET /");
    });
    const [inCode, overHttp] = await closed;
    expect(inCode).toMatchObject({ status: "rejected" });
    expect(overHttp).toMatchObject({ value: { status: 503, body: { error: { code: "sandbox_closed" } } } });
  });

  it.each(["count=0", "timeoutMs=600001", "count=x"])("refuses %s with 400 invalid_value", (query) =>
    withSandbox(async ({ sandbox }) => {
      const { status, body } = await callControl(sandbox, `GET /requests/wait?${query}`);
      expect(status).toBe(400);
      expect(body.error).toMatchObject({ code: "invalid_value", field: query.split("=")[0] });
    }),
  );
});
