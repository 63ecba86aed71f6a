import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../create-sandbox.ts";
import { WebClient } from "../testing/web-client.ts";
import { withSandbox } from "../testing/with-sandbox.ts";
import { redirectUriFault } from "./redirect-uri-fault.ts";

const SECOND = { clientId: "second", clientSecret: "another secret" } as const;

function secondClient({ origin }: Sandbox): WebClient {
  return new WebClient({ origin, ...SECOND });
}

describe("several clients", () => {
  it("have grants of their own: a refresh token each, and revoking one leaves the other alone", () =>
    withSandbox(
      async ({ sandbox, client }) => {
        const one = await client.connect();
        const two = await secondClient(sandbox).connect({ prompt: null });
        expect(two.body).toHaveProperty("refresh_token");
        sandbox.revokeGrant("alice@example.com", SECOND.clientId);
        expect((await secondClient(sandbox).refresh(two.body.refresh_token)).status).toBe(400);
        expect((await client.refresh(one.body.refresh_token)).status).toBe(200);
      },
      { clients: [SECOND] },
    ));

  it("are named as the audience of their own ID tokens", () =>
    withSandbox(
      async ({ sandbox }) => {
        const client = secondClient(sandbox);
        const { body } = await client.connect();
        const info = await client.get(`/tokeninfo?id_token=${String(body.id_token)}`);
        expect(info.body).toMatchObject({ aud: SECOND.clientId, azp: SECOND.clientId });
      },
      { clients: [SECOND] },
    ));

  it("get 401 unauthorized_client for another client's refresh token, and invalid_grant for its code", () =>
    withSandbox(
      async ({ sandbox, client }) => {
        const { body } = await client.connect();
        const code = await client.code();
        const second = secondClient(sandbox);
        expect(await second.refresh(body.refresh_token)).toEqual({
          status: 401,
          body: { error: "unauthorized_client", error_description: "Unauthorized" },
        });
        expect((await second.exchange(code)).body).toEqual({
          error: "invalid_grant",
          error_description: "Bad Request",
        });
        expect((await client.exchange(code)).status).toBe(200);
      },
      { clients: [SECOND] },
    ));

  it("have redirect addresses of their own", () =>
    withSandbox(
      async ({ sandbox, client }) => {
        const changes = { redirect_uri: "https://second.example/cb" };
        expect((await secondClient(sandbox).consent(changes)).host).toBe("second.example");
        await expect(client.consent(changes)).rejects.toThrow("redirect_uri_mismatch");
        await expect(secondClient(sandbox).consent()).rejects.toThrow("redirect_uri_mismatch");
      },
      { clients: [{ ...SECOND, redirectUris: ["https://second.example/cb"] }] },
    ));

  it.each([
    ["a client id is there twice", { clients: [SECOND, SECOND] }],
    ["clientId", { clientId: "" }],
    ["clientSecret", { clients: [{ clientId: "third", clientSecret: "" }] }],
  ])("are refused at the start: %s", async (message, options) => {
    await expect(createSandbox({ library: "none", ...options })).rejects.toThrow(message);
  });
});

describe("redirect addresses that are registered", () => {
  it.each([
    ["http://app.example/cb", "is not https"],
    ["https://192.0.2.7/cb", "has a raw IP address"],
    ["https://[2001:db8::1]/cb", "has a raw IP address"],
    ["https://app.example/cb#x", "has a fragment"],
    ["https://*.app.example/cb", "has a wildcard"],
    ["https://me@app.example/cb", "has user info"],
    ["https://app.example/a/../cb", "has a path traversal"],
    ["https://app.example/a/%2e%2e/cb", "has a path traversal"],
    ["https://app.example/a/.%2E", "has a path traversal"],
    ["https://app.example/a b", "has a space or a control character"],
    ["/cb", "is no absolute address"],
    ["com.example.app:/cb", "is not https"],
  ])("are refused at the start by Google's rules: %s %s", async (address, fault) => {
    expect(redirectUriFault(address)).toBe(fault);
    const starting = createSandbox({ library: "none", redirectUris: [address] });
    await expect(starting).rejects.toThrow(`redirectUris: ${address} ${fault}`);
  });

  it.each(["\n", "\t", "\u0000", "\u007f", "\u0085", "\u00a0"])(
    "may not hold %j, which is not printed",
    (character) => {
      for (const address of [`https://app.example/a${character}b`, `https://app.example/${character}`]) {
        expect(redirectUriFault(address)).toBe("has a space or a control character");
      }
    },
  );

  it.each(["http://localhost/cb", "http://127.0.0.1:8080/cb", "http://[::1]:1/", "https://app.example/?a=b"])(
    "may be https or, exempted from that, loopback: %s",
    (address) => {
      expect(redirectUriFault(address)).toBeNull();
    },
  );

  it("are judged without an exception, whatever the text is", () => {
    assert(
      property(string(), (text) => {
        const fault = redirectUriFault(text);
        expect(fault === null || fault.length > 0).toBe(true);
      }),
    );
  });
});
