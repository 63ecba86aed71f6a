import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { craftJwt, hmac, rs256 } from "../../testing/craft-jwt.ts";
import {
  claimsOf,
  type HostApplication,
  type HostKey,
  rsaKey,
  startHostApplication,
} from "../../testing/start-host-application.ts";
import { testLog } from "../../testing/test-log.ts";
import { createJwtVerifier, type VerifyJwt } from "./create-jwt-verifier.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const UNAVAILABLE = { code: "service_unavailable", details: { retry_after: 5 } };

let host: HostApplication;
let verify: VerifyJwt;
let nowMs = 0;

beforeEach(async () => {
  host = await startHostApplication();
  nowMs = Date.now();
  verify = createJwtVerifier({ settings: host.settings, clock: { now: () => nowMs }, log: testLog() });
});
afterEach(() => host.stop());

/** A token of this key that is good at the moment. */
function token(key: HostKey = host.rsa, header: object = {}): string {
  return craftJwt({ alg: "RS256", kid: key.kid, ...header }, claimsOf(host, {}, nowMs), rs256(key));
}

const isGood = async (jwt = token()) => (await verify(jwt)) !== null;

describe("the host application's keys", () => {
  it("are read once, however many tokens come at once, and kept for ten minutes", async () => {
    expect(host.asked()).toBe(0);
    expect(await Promise.all(Array.from({ length: 20 }, () => isGood()))).not.toContain(false);
    nowMs += 10 * MINUTE - 1;
    expect(await isGood()).toBe(true);
    expect(host.asked()).toBe(1);
    nowMs += 1;
    expect(await isGood()).toBe(true);
    expect(host.asked()).toBe(2);
  });

  it("are not read for what can be no good token", async () => {
    const claims = claimsOf(host, {}, nowMs);
    for (const jwt of ["a.b.c", craftJwt({ alg: "none" }, claims, hmac("x")), "x".repeat(9000)]) {
      expect(await isGood(jwt)).toBe(false);
    }
    expect(host.asked()).toBe(0);
  });

  it("that were withdrawn are good no longer once the set is read anew", async () => {
    expect(await isGood()).toBe(true);
    host.served = [host.ec.jwk];
    nowMs += 10 * MINUTE;
    expect(await isGood()).toBe(false);
  });

  it("that are new are found, but the set is not read for unknown ones more than twice a minute", async () => {
    expect(await isGood()).toBe(true);
    const next = rsaKey("rsa-2");
    host.served = [...host.served, next.jwk];
    nowMs += 30 * SECOND - 1;
    expect(await isGood(token(next))).toBe(false);
    expect(host.asked()).toBe(1);
    nowMs += 1;
    expect(await isGood(token(next))).toBe(true);
    expect(host.asked()).toBe(2);
    const strangers = await Promise.all([1, 2, 3].map((n) => isGood(token(rsaKey(`made-up-${n}`)))));
    expect(strangers).toEqual([false, false, false]);
    expect(host.asked()).toBe(2);
  });

  it("serve tokens without a key id while there is one of their kind", async () => {
    expect(await isGood(token(host.rsa, { kid: undefined }))).toBe(true);
    host.served = [...host.served, rsaKey("rsa-2").jwk];
    nowMs += 10 * MINUTE;
    expect(await isGood(token(host.rsa, { kid: undefined }))).toBe(false);
    expect(await isGood()).toBe(true);
  });

  it("of a kind that is not for us are never used: symmetric, weak, or for encryption", async () => {
    const weak = rsaKey("weak", 1024);
    const secret = Buffer.alloc(32, 7);
    const symmetric = { kty: "oct", kid: "secret", alg: "HS256", k: secret.toString("base64url") };
    const encrypting = rsaKey("enc");
    host.served = [weak.jwk, symmetric, { ...encrypting.jwk, use: "enc" }];
    const byHmac = craftJwt({ alg: "HS256", kid: "secret" }, claimsOf(host, {}, nowMs), hmac(secret));
    for (const jwt of [token(weak), byHmac, token(encrypting)]) expect(await isGood(jwt)).toBe(false);
  });
});

describe("while the keys cannot be had", () => {
  it.each([
    ["a fault", 500, ""],
    ["nothing", 204, ""],
    ["what is no JSON", 200, "<html>"],
    ["what is no key set", 200, "[]"],
    ["a set without end", 200, `{"keys":[],"pad":"${"x".repeat(300_000)}"}`],
  ])("because the answer is %s, it says so", async (_name, status, body) => {
    host.answer = (response) => response.writeHead(status).end(body);
    await expect(verify(token())).rejects.toMatchObject(UNAVAILABLE);
  });

  it("because nobody is there, it says so", async () => {
    await host.stop();
    await expect(verify(token())).rejects.toMatchObject(UNAVAILABLE);
    host = await startHostApplication();
  });

  it("because no answer comes within five seconds, it says so", async () => {
    host.answer = () => undefined;
    await expect(verify(token())).rejects.toMatchObject(UNAVAILABLE);
  });

  it("because the address sends elsewhere, nobody goes there", async () => {
    let visited = 0;
    const elsewhere = createServer((_request, response) => {
      visited += 1;
      response.end(JSON.stringify({ keys: host.served }));
    });
    elsewhere.listen(0, "127.0.0.1");
    await once(elsewhere, "listening");
    onTestFinished(() => void elsewhere.close());
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/keys`;
    for (const status of [301, 302, 307, 308]) {
      host.answer = (response) => response.writeHead(status, { location }).end();
      await expect(verify(token())).rejects.toMatchObject(UNAVAILABLE);
      nowMs += 5 * SECOND;
    }
    expect(host.asked()).toBe(4);
    expect(visited).toBe(0);
  });

  it("it tries again after five seconds, and not before", async () => {
    host.answer = (response) => response.writeHead(500).end();
    await expect(verify(token())).rejects.toMatchObject(UNAVAILABLE);
    host.answer = null;
    nowMs += 5 * SECOND - 1;
    await expect(verify(token())).rejects.toMatchObject(UNAVAILABLE);
    expect(host.asked()).toBe(1);
    nowMs += 1;
    expect(await isGood()).toBe(true);
  });

  it("the last ones stay good for an hour", async () => {
    expect(await isGood()).toBe(true);
    host.answer = (response) => response.writeHead(500).end();
    nowMs += 60 * MINUTE - 1;
    expect(await isGood()).toBe(true);
    expect(host.asked()).toBe(2);
    nowMs += 5 * SECOND;
    await expect(verify(token())).rejects.toMatchObject(UNAVAILABLE);
  });

  it("a token with an unknown key is not called wrong, since its key may be new", async () => {
    expect(await isGood()).toBe(true);
    nowMs += MINUTE;
    host.answer = (response) => response.writeHead(500).end();
    await expect(verify(token(rsaKey("rsa-2")))).rejects.toMatchObject(UNAVAILABLE);
    expect(await isGood()).toBe(true);
  });
});
