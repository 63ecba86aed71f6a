import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { callControl, callRaw } from "../control/testing/control-client.ts";
import type { Sandbox } from "../create-sandbox.ts";
import { parsePublicOrigin } from "./public-origin.ts";
import { WebClient } from "../testing/web-client.ts";
import { withSandbox } from "../testing/with-sandbox.ts";

const PUBLIC = "http://sandbox.test:8090";
const DISCOVERY = "/.well-known/openid-configuration";

describe("a public origin", () => {
  it.each([
    ["http://sandbox:8090", "http://sandbox:8090"],
    ["https://Sandbox.Example/", "https://sandbox.example"],
    ["http://[::1]:80", "http://[::1]"],
  ])("may be %s, and is then %s", (text, origin) => {
    expect(parsePublicOrigin(text)).toBe(origin);
  });

  it.each([
    "",
    "sandbox:8090",
    "//sandbox",
    "ftp://sandbox",
    "http://",
    "http://sandbox/path",
    "http://sandbox?query",
    "http://sandbox#part",
    "http://user:secret@sandbox",
    "http://@sandbox",
    "http://sandbox:99999",
    "http://sand box",
    "http://sandbox\\path",
  ])("cannot be %j", (text) => {
    expect(parsePublicOrigin(text)).toBeNull();
  });

  it("is the issuer and stands before every endpoint, wherever the sandbox listens", () =>
    withPublicOrigin(async ({ sandbox, reached }) => {
      expect([sandbox.origin, sandbox.issuer, sandbox.apiRoot]).toEqual([PUBLIC, PUBLIC, PUBLIC]);
      const discovery = (await (await fetch(`${reached.origin}${DISCOVERY}`)).json()) as Record<
        string,
        unknown
      >;
      const addresses = Object.values(discovery).filter(
        (value): value is string => typeof value === "string" && /^https?:/.test(value),
      );
      expect(addresses.length).toBeGreaterThan(4);
      expect(addresses.filter((address) => !`${address}/`.startsWith(`${PUBLIC}/`))).toEqual([]);
    }));

  it("is a name by which the control API may be called, and the consent page is answered without it", () =>
    withPublicOrigin(async ({ sandbox, reached }) => {
      const path = "/sandbox/api/settings";
      const statusUnder = async (host: string) =>
        (await callRaw(reached, { path, headers: { host } })).status;
      expect(await statusUnder("sandbox.test:8090")).toBe(200);
      expect(await statusUnder("other.test:8090")).toBe(421);
      const authorizationUrl = new WebClient(sandbox).authorizationUrl().href;
      const { status, body } = await callControl(reached, "POST /consent", { authorizationUrl });
      expect(status).toBe(200);
      const back = new URL(String(body.redirectTo));
      expect(back.searchParams.get("code")).not.toBeNull();
      expect(back.searchParams.get("iss")).toBe(PUBLIC);
    }));
});

describe("a sandbox that listens on all addresses", () => {
  it("gives an address that something can be sent to", () =>
    withSandbox(
      async ({ sandbox }) => {
        expect(sandbox.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
        const discovery = (await (await fetch(`${sandbox.origin}${DISCOVERY}`)).json()) as { issuer: string };
        expect(discovery.issuer).toBe(sandbox.origin);
      },
      { host: "0.0.0.0" },
    ));
});

/** Runs a test against a sandbox with a public origin, which leads nowhere, and gives where it is reached besides. */
async function withPublicOrigin(
  test: (rig: { sandbox: Sandbox; reached: { origin: string } }) => Promise<void>,
): Promise<void> {
  const port = await freePort();
  const reached = { origin: `http://127.0.0.1:${port}` };
  await withSandbox(({ sandbox }) => test({ sandbox, reached }), { port, publicOrigin: PUBLIC });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
