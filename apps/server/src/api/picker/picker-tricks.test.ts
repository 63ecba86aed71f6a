import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { createGoogleDrive, createProviders } from "../../drives/index.ts";
import { systemClock } from "../../platform/index.ts";
import { googleClient } from "../../testing/google-client.ts";
import { type ConnectionsWorld, startConnectionsWorld } from "../../testing/start-connections-world.ts";

const PROXY = "/api/v2/cloud-storage/picker-proxy";

let world: ConnectionsWorld;
let connectionId: string;
let sessionId: string;
let mark: number;

beforeAll(async () => {
  world = await startConnectionsWorld();
  const { member } = world.people;
  connectionId = await world.connect(member);
  const path = `/api/v2/cloud-storage/connections/${connectionId}/picker-token`;
  sessionId = (await world.ask("GET", path, { as: member })).body.session.session_id;
});
beforeEach(() => {
  mark = world.sandbox.requests.mark();
});
afterAll(() => world.stop());

/** Sends the body as it is written, so that it can hold what no object of ours could. */
const send = (body: string) => world.ask("POST", PROXY, { as: world.people.member, body });
const withSession = (rest: string) => send(`{"session_id":${JSON.stringify(sessionId)},${rest}}`);

const ENDPOINTS = [
  "",
  " ",
  "/",
  ".",
  "..",
  "../files",
  "./files",
  "/files",
  "//files",
  "files/",
  "files//x",
  "files/.",
  "files/..",
  "files/../about",
  "files/../../oauth2/v3/certs",
  "files/x/..",
  "files/x/../about",
  "files/x/export/..",
  "files/x/export/../../about",
  "files/x/export/",
  "files/x//export",
  "files/x/copy",
  "files/x/permissions",
  "files/generateIds",
  "files/trash",
  "files?alt=media",
  "files/x?alt=media",
  "files/x#fragment",
  "files/x;a=b",
  "files/x&alt=media",
  "files/x?uploadType=media",
  "files/%2e%2e",
  "files/%2e%2e/about",
  "files/%2E%2E%2Fabout",
  "files/%252e%252e%252fabout",
  "files%2fx",
  "files/x%2fexport",
  "files/x%00",
  "files/x%0d%0aHost:%20evil",
  "files/x\r\nX-Evil: 1",
  "files/x\n",
  "\nfiles",
  "files/x\u0000",
  "files\u0000",
  "files\\x",
  "files/x\\..\\about",
  "..\\about",
  "files\u2215x",
  "files\u2044x",
  "files\uff0fx",
  "files/x\u2024\u2024",
  "files/\u202ex",
  "files/\u0430",
  "files/x\u200b",
  "http://evil.example.com/files",
  "https://www.googleapis.com/drive/v3/files",
  "//evil.example.com/files",
  "@evil.example.com/files",
  "files@evil.example.com",
  "drive/v3/files",
  "upload/drive/v3/files",
  "batch/drive/v3",
  "about/..",
  "about?fields=*",
  "About",
  "FILES",
  "changes",
  "drives",
  "__proto__",
  "constructor",
  `files/${"a".repeat(8000)}`,
  `files/${"../".repeat(2000)}about`,
];

describe("an endpoint that is none of the four", () => {
  it.each(ENDPOINTS)("400, and nothing reaches Google: %.40j", async (endpoint) => {
    const reply = await withSession(`"endpoint":${JSON.stringify(endpoint)}`);
    expect([reply.status, reply.body.error.code]).toEqual([400, "endpoint_not_allowed"]);
    expect(world.sandbox.requests.since(mark)).toEqual([]);
  });
});

/** Endpoint and the parameters as JSON text. */
const PARAMETERS = [
  ["files", '{"alt":"media"}'],
  ["files/x", '{"alt":"media"}'],
  ["files/x/export", '{"mimeType":"image/png","alt":"media"}'],
  ["files", '{"key":"AIza"}'],
  ["files", '{"access_token":"ya29.another"}'],
  ["files", '{"oauth_token":"ya29.another"}'],
  ["files", '{"uploadType":"media"}'],
  ["files", '{"upload_protocol":"raw"}'],
  ["files", '{"callback":"steal"}'],
  ["files", '{"quotaUser":"somebody"}'],
  ["files", '{"prettyPrint":"true"}'],
  ["files", '{"$.xgafv":"2"}'],
  ["files", '{"q":["a","b"]}'],
  ["files", '{"q":{"$ne":""}}'],
  ["files", '{"q":null}'],
  ["files", '{"pageSize":[1]}'],
  ["files", '{"fields":{"toString":"x"}}'],
  ["files", '{"Q":"x"}'],
  ["files", '{"q ":"x"}'],
  ["files", '{" q":"x"}'],
  ["files", '{"q\\u0000":"x"}'],
  ["files", '{"q\\r\\nX-Evil":"x"}'],
  ["files", '{"q&alt":"media"}'],
  ["files", '{"":"x"}'],
  ["files", '{"toString":"x"}'],
  ["files", '{"hasOwnProperty":"x"}'],
  ["files", '{"__proto__":{"alt":"media"}}'],
  ["files", '{"constructor":{"prototype":{"alt":"media"}}}'],
  ["files/x", '{"acknowledgeAbuse":true}'],
  ["files/x", '{"q":"x"}'],
  ["files/x", '{"mimeType":"text/html"}'],
  ["files/x/export", '{"fields":"*","mimeType":"image/png"}'],
  ["files/x/export", "{}"],
  ["files/x/export", '{"mimeType":["image/png"]}'],
  ["about", '{"q":"x"}'],
  ["about", '{"pageToken":"x"}'],
] as const;

describe("a parameter that the endpoint does not have, or that is no plain value", () => {
  it.each(PARAMETERS)("400, and nothing reaches Google: %s %s", async (endpoint, params) => {
    const reply = await withSession(`"endpoint":"${endpoint}","params":${params}`);
    expect(reply.status).toBe(400);
    expect(["parameter_not_allowed", "invalid_json", "provider_bad_request"]).toContain(
      reply.body.error.code,
    );
    expect(world.sandbox.requests.since(mark)).toEqual([]);
  });

  it.each(["[]", '["q"]', '"q=x"', "5", "true"])(
    "422, and nothing reaches Google: params %s",
    async (params) => {
      expect((await withSession(`"endpoint":"files","params":${params}`)).status).toBe(422);
      expect(world.sandbox.requests.since(mark)).toEqual([]);
    },
  );

  it("values travel as values, whatever stands in them", async () => {
    const fields = "files(id)&alt=media#?../\r\nHost: evil";
    const reply = await withSession(`"endpoint":"files","params":${JSON.stringify({ fields })}`);
    expect([reply.status, reply.body.error.code]).toEqual([400, "provider_bad_request"]);
    expect(world.sandbox.requests.since(mark)).toMatchObject([
      { kind: "files.list", path: "/drive/v3/files" },
    ]);
  });
});

describe("an answer that is not Google's", () => {
  /** A Drive that answers everything in the same way, and a list of what it was asked. */
  async function badDrive(
    answer: (port: number) => { status: number; headers: Record<string, string>; body: string },
  ) {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      const { status, headers, body } = answer((server.address() as AddressInfo).port);
      response.writeHead(status, headers).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const apiRoot = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const google = createGoogleDrive({ ...googleClient({ ...world.sandbox, apiRoot }), clock: systemClock });
    onTestFinished(async () => {
      await google.close();
      server.closeAllConnections();
      server.close();
    });
    const node = world.node({ providers: createProviders([google]) });
    const { principal } = world.people.member;
    const look = (endpoint: string, params = {}) =>
      node.pickerProxy({ principal, sessionId, endpoint, params });
    return { asked, look };
  }

  it.each([301, 302, 303, 307, 308])("a redirect (%i) is not followed", async (status) => {
    const { asked, look } = await badDrive((port) => ({
      status,
      headers: { location: `http://127.0.0.1:${port}/stolen` },
      body: "",
    }));
    for (const endpoint of ["files", "files/x", "about"]) {
      await expect(look(endpoint)).rejects.toMatchObject({ code: "provider_failed" });
    }
    expect(asked.filter((path) => path.includes("stolen"))).toEqual([]);
  });

  it("one without an end is read no further than the bound", async () => {
    const { look } = await badDrive(() => ({
      status: 200,
      headers: { "content-type": "application/json" },
      body: `{"files":"${"x".repeat(17 * 1024 * 1024)}"}`,
    }));
    await expect(look("files")).rejects.toMatchObject({
      code: "provider_bad_request",
      details: { provider_reason: "answer_too_large" },
    });
  });

  it("an export without an end is read no further than the bound", async () => {
    const { look } = await badDrive(() => ({
      status: 200,
      headers: { "content-type": "text/plain" },
      body: "x".repeat(25 * 1024 * 1024),
    }));
    await expect(look("files/x/export", { mimeType: "text/plain" })).rejects.toMatchObject({
      code: "provider_bad_request",
    });
  });
});
