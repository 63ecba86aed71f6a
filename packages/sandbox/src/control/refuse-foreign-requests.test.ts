import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { withSandbox } from "../testing/with-sandbox.ts";
import { callControl, callRaw } from "./testing/control-client.ts";

const json = { "content-type": "application/json" };
const path = "/sandbox/api/settings";

describe("the control API and web pages", () => {
  it.each([
    ["a site of the internet", { origin: "https://evil.example" }],
    ["a page on another port of this machine", { origin: "http://127.0.0.1:1" }],
    ["a page without an origin of its own", { origin: "null" }],
    ["a page that only Sec-Fetch-Site tells of", { "sec-fetch-site": "cross-site" }],
    ["a page of the same site and another origin", { "sec-fetch-site": "same-site" }],
  ])("refuses %s with 403 foreign_origin", (_name, headers) =>
    withSandbox(async ({ sandbox }) => {
      const before = sandbox.settings.current;
      for (const method of ["GET", "PATCH", "OPTIONS"]) {
        const body = method === "PATCH" ? JSON.stringify({ drive: { listLagMs: 5 } }) : "";
        const { status, text } = await callRaw(sandbox, {
          method,
          path,
          headers: { ...json, ...headers },
          body,
        });
        expect([status, JSON.parse(text).error.code]).toEqual([403, "foreign_origin"]);
      }
      expect(sandbox.settings.current).toEqual(before);
    }),
  );

  it("lets in what a person types into the address bar, and pages of its own", () =>
    withSandbox(async ({ sandbox }) => {
      for (const headers of [
        { "sec-fetch-site": "none" },
        { "sec-fetch-site": "same-origin", origin: sandbox.origin },
      ]) {
        expect(await callRaw(sandbox, { path, headers })).toMatchObject({ status: 200 });
      }
    }));

  it("tells no page of another origin that it may read an answer", () =>
    withSandbox(async ({ sandbox }) => {
      const { headers } = await callControl(sandbox, "GET /");
      expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    }));

  it.each(["evil.example", "evil.example:8090", "127.0.0.1.evil.example", "localhost.evil.example"])(
    "refuses the host %j, as after DNS rebinding, with 421 unknown_host",
    (host) =>
      withSandbox(async ({ sandbox }) => {
        const { status, text } = await callRaw(sandbox, { path, headers: { host } });
        expect([status, JSON.parse(text).error.code]).toEqual([421, "unknown_host"]);
      }),
  );

  it.each(["www.googleapis.com", "accounts.google.com", "oauth2.googleapis.com", "docs.google.com:443"])(
    "is not reached under Google's host name %s",
    (host) =>
      withSandbox(async ({ sandbox }) => {
        const { status, text } = await callRaw(sandbox, { path, headers: { host } });
        expect([status, JSON.parse(text).error.code]).toEqual([421, "unknown_host"]);
      }),
  );

  it.each(["localhost", "LOCALHOST:1234", "127.0.0.1", "127.0.0.1:80", "[::1]:8090"])(
    "is reached under the loopback name %s",
    (host) =>
      withSandbox(async ({ sandbox }) => {
        expect(await callRaw(sandbox, { path, headers: { host } })).toMatchObject({ status: 200 });
      }),
  );

  it("is reached under the host names that it was given, and under no others", () =>
    withSandbox(
      async ({ sandbox }) => {
        const statusUnder = async (host: string) =>
          (await callRaw(sandbox, { path, headers: { host } })).status;
        expect(await statusUnder("google-sandbox:8090")).toBe(200);
        expect(await statusUnder("other-sandbox:8090")).toBe(421);
      },
      { controlApi: { hostNames: ["Google-Sandbox"] } },
    ));

  it("is reached under the address that it listens on", async () => {
    const address = Object.values(networkInterfaces())
      .flatMap((found) => found ?? [])
      .find(({ family, internal }) => family === "IPv4" && !internal)?.address;
    if (address === undefined) return;
    await withSandbox(
      async ({ sandbox }) => {
        const port = new URL(sandbox.origin).port;
        const { status } = await callRaw({ origin: `http://${address}:${port}` }, { path });
        expect(status).toBe(200);
      },
      { host: "0.0.0.0" },
    );
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])(
    "takes no body of the type %s, which a form can send without being asked: 415",
    (type) =>
      withSandbox(async ({ sandbox }) => {
        const body = JSON.stringify({ drive: { listLagMs: 5 } });
        const headers = { "content-type": type };
        const { status, text } = await callRaw(sandbox, { method: "PATCH", path, headers, body });
        expect([status, JSON.parse(text).error.code]).toEqual([415, "unsupported_media_type"]);
      }),
  );

  it("is not there at all with controlApi: false", () =>
    withSandbox(
      async ({ sandbox }) => {
        for (const place of ["/sandbox/api", path, "/sandbox/api/files"]) {
          const { status, text } = await callRaw(sandbox, { path: place });
          expect([status, text.includes("Not Found")]).toEqual([404, true]);
        }
      },
      { controlApi: false },
    ));
});
