import { constants, randomBytes, sign } from "node:crypto";
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { CompactEncrypt } from "jose";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../platform/index.ts";
import { craftJwt, es256, hmac, rs256, type Signer } from "../testing/craft-jwt.ts";
import { type ServedRoutes, serveRoutes } from "../testing/serve-routes.ts";
import { type Edge, startEdge } from "../testing/start-edge.ts";
import {
  AUDIENCE,
  claimsOf,
  ecKey,
  type HostApplication,
  hostJwt,
  rsaKey,
  startHostApplication,
} from "../testing/start-host-application.ts";
import { collectionRoutes } from "./collections/collection-routes.ts";
import { sessionRoutes } from "./session/session-routes.ts";

const SECRET = randomBytes(32).toString("base64url");
const P256_ORDER = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const nothing: Signer = () => Buffer.alloc(0);
const attacker = { rsa: rsaKey("rsa-1"), ec: ecKey("ec-1") };

let host: HostApplication;
let edge: Edge;
/** Take the host's tokens by its key set, and by a secret that both know. */
let byKeySet: ServedRoutes;
let bySecret: ServedRoutes;
beforeAll(async () => {
  host = await startHostApplication();
  edge = await startEdge((app, parts) => {
    sessionRoutes(app, parts);
  });
  const serve = (keys: HostApplication["settings"]["keys"]) =>
    serveRoutes({
      db: edge.db,
      clock: systemClock,
      jwt: { ...host.settings, keys },
      routes(app, parts) {
        sessionRoutes(app, parts);
        collectionRoutes(app, { library: edge.library });
      },
    });
  byKeySet = await serve(host.settings.keys);
  bySecret = await serve({ kind: "secret", secret: Buffer.from(SECRET) });
});
afterAll(async () => {
  await byKeySet.close();
  await bySecret.close();
  await edge.stop();
  await host.stop();
});

async function ask(served: { readonly url: string }, token: string, path = "/api/v2/me") {
  const response = await fetch(`${served.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const body = (await response.json()) as { error?: { code: string }; scopes?: string[] };
  return { status: response.status, code: body.error?.code, scopes: body.scopes };
}

async function expectRefused(token: string, served = byKeySet): Promise<void> {
  expect(await ask(served, token)).toMatchObject({ status: 401, code: "unauthenticated" });
}

const rsaHeader = (own: object = {}) => ({ alg: "RS256", kid: "rsa-1", ...own });
const ecHeader = (own: object = {}) => ({ alg: "ES256", kid: "ec-1", ...own });
const seconds = () => Math.floor(Date.now() / 1000);
const byRsa = (own: object, header: object = {}) =>
  craftJwt(rsaHeader(header), claimsOf(host, own), rs256(host.rsa));
const byEc = (own: object = {}) => craftJwt(ecHeader(), claimsOf(host, own), es256(host.ec));
const byHmac = (own: object = {}, header: object = {}) =>
  craftJwt({ alg: "HS256", ...header }, claimsOf(host, own), hmac(SECRET));

describe("a token as it should be", () => {
  it("is taken: RS256, ES256 and HS256, each where it is configured", async () => {
    for (const [served, token] of [
      [byKeySet, byRsa({})],
      [byKeySet, byEc()],
      [bySecret, byHmac()],
    ] as const) {
      expect(await ask(served, token)).toEqual({ status: 200, code: undefined, scopes: ["read"] });
    }
  });

  it("is taken when our audience is one of several", async () => {
    expect((await ask(byKeySet, byRsa({ aud: ["another", AUDIENCE] }))).status).toBe(200);
  });

  it("is taken up to the tolerance of a minute between two clocks", async () => {
    expect((await ask(byKeySet, byRsa({ exp: seconds() - 30 }))).status).toBe(200);
    expect((await ask(byKeySet, byRsa({ nbf: seconds() + 30 }))).status).toBe(200);
  });

  it("is nobody's where no host application is configured", async () => {
    await expectRefused(byRsa({}), { ...byKeySet, url: edge.url });
    await expectRefused(byHmac(), { ...byKeySet, url: edge.url });
  });
});

describe("a token without a signature is refused", () => {
  it.each(["none", "None", "NONE", "nOnE", "", " none", "none ", "null", "HMAC"])(
    "with the algorithm %j",
    async (alg) => {
      const claims = claimsOf(host, { scope: "admin" });
      for (const served of [byKeySet, bySecret]) {
        await expectRefused(craftJwt(rsaHeader({ alg }), claims, nothing), served);
        await expectRefused(craftJwt({ alg }, claims, rs256(host.rsa)), served);
        await expectRefused(craftJwt({ alg }, claims, hmac(SECRET)), served);
      }
    },
  );

  it.each([undefined, null, 256, ["RS256"], { name: "RS256" }, true])(
    "with %j for an algorithm",
    async (alg) => {
      await expectRefused(craftJwt(rsaHeader({ alg }), claimsOf(host), nothing));
      await expectRefused(craftJwt(rsaHeader({ alg }), claimsOf(host), rs256(host.rsa)));
    },
  );

  it("with the right algorithm and an empty signature", async () => {
    await expectRefused(craftJwt(rsaHeader(), claimsOf(host), nothing));
    await expectRefused(craftJwt(ecHeader(), claimsOf(host), nothing));
    await expectRefused(craftJwt({ alg: "HS256" }, claimsOf(host), nothing), bySecret);
  });
});

describe("a token with a signature of somebody else is refused", () => {
  it("by a key that says it is the host's", async () => {
    await expectRefused(craftJwt(rsaHeader(), claimsOf(host), rs256(attacker.rsa)));
    await expectRefused(craftJwt(ecHeader(), claimsOf(host), es256(attacker.ec)));
    await expectRefused(craftJwt({ alg: "HS256" }, claimsOf(host), hmac("0".repeat(32))), bySecret);
  });

  it("by HMAC with the host's public key for a secret, in every form it is known in", async () => {
    const { publicKey, jwk } = host.rsa;
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    const pkcs1 = publicKey.export({ type: "pkcs1", format: "pem" }).toString();
    const der = publicKey.export({ type: "spki", format: "der" });
    const { n } = publicKey.export({ format: "jwk" });
    const guesses = [
      pem,
      pem.trim(),
      pkcs1,
      der,
      JSON.stringify(jwk),
      n ?? "",
      Buffer.from(n ?? "", "base64url"),
    ];
    for (const guess of guesses) {
      for (const header of [rsaHeader({ alg: "HS256" }), { alg: "HS256" }, ecHeader({ alg: "HS256" })]) {
        await expectRefused(craftJwt(header, claimsOf(host), hmac(guess)));
      }
    }
  });

  it("by HMAC with nothing for a secret", async () => {
    await expectRefused(craftJwt({ alg: "HS256", kid: "/dev/null" }, claimsOf(host), hmac("")));
    await expectRefused(craftJwt({ alg: "HS256", kid: "/dev/null" }, claimsOf(host), hmac("")), bySecret);
  });

  it("by the other of the two ways than the configured one, though the key is right", async () => {
    await expectRefused(byHmac());
    await expectRefused(byRsa({}), bySecret);
    await expectRefused(byEc(), bySecret);
  });

  it("by an algorithm that is not taken, though the key is right", async () => {
    const { privateKey } = host.rsa;
    const other = (alg: string, signer: Signer) => craftJwt(rsaHeader({ alg }), claimsOf(host), signer);
    const pss = { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    await expectRefused(other("PS256", (signed) => sign("sha256", Buffer.from(signed), pss)));
    await expectRefused(other("RS512", (signed) => sign("sha512", Buffer.from(signed), privateKey)));
    for (const bits of ["384", "512"]) {
      const token = craftJwt({ alg: `HS${bits}` }, claimsOf(host), hmac(SECRET, `sha${bits}`));
      await expectRefused(token, bySecret);
    }
  });

  it("by a key of another kind than the header says", async () => {
    await expectRefused(craftJwt(ecHeader({ alg: "RS256" }), claimsOf(host), es256(host.ec)));
    await expectRefused(craftJwt(rsaHeader({ alg: "ES256" }), claimsOf(host), rs256(host.rsa)));
  });

  it.each([
    ["r = s = 0", Buffer.alloc(64)],
    ["r = 0, s = 1", Buffer.concat([Buffer.alloc(63), Buffer.from([1])])],
    ["r and s of the curve's order", Buffer.from(`${P256_ORDER}${P256_ORDER}`, "hex")],
    ["r = s = 0 as DER", Buffer.from("3006020100020100", "hex")],
    ["of another length", Buffer.alloc(96)],
  ])("that proves nothing, for ES256: %s", async (_name, signature) => {
    await expectRefused(craftJwt(ecHeader(), claimsOf(host, { scope: "admin" }), () => signature));
  });

  it("by a key that came along in the header, which is not even looked at", async () => {
    let looked = 0;
    const elsewhere = createServer((_request, response) => {
      looked += 1;
      response.end(JSON.stringify({ keys: [attacker.rsa.jwk] }));
    });
    elsewhere.listen(0, "127.0.0.1");
    await once(elsewhere, "listening");
    onTestFinished(() => void elsewhere.close());
    const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/keys`;
    const certificate = [attacker.rsa.publicKey.export({ type: "spki", format: "der" }).toString("base64")];
    for (const own of [{ jwk: attacker.rsa.jwk }, { jku: url }, { x5u: url }, { x5c: certificate }]) {
      await expectRefused(craftJwt(rsaHeader(own), claimsOf(host), rs256(attacker.rsa)));
      await expectRefused(craftJwt({ alg: "RS256", ...own }, claimsOf(host), rs256(attacker.rsa)));
      expect((await ask(byKeySet, byRsa({}, own))).status).toBe(200);
    }
    expect(looked).toBe(0);
  });

  it.each([
    "../../../../dev/null",
    "/dev/null",
    "file:///dev/null",
    "rsa-1/../rsa-1",
    "rsa-1\u0000",
    "RSA-1",
    "' or '1'='1",
    "__proto__",
    "constructor",
    "",
    ["rsa-1"],
    { $ne: null },
    0,
  ])("though its key id is %j", async (kid) => {
    await expectRefused(craftJwt({ alg: "RS256", kid }, claimsOf(host), rs256(attacker.rsa)));
    await expectRefused(craftJwt({ alg: "HS256", kid }, claimsOf(host), hmac("")));
  });
});

describe("a token that was changed is refused", () => {
  it.each(["RS256", "ES256", "HS256"] as const)("in claims, header or signature: %s", async (alg) => {
    const served = alg === "HS256" ? bySecret : byKeySet;
    const token = { RS256: byRsa({}), ES256: byEc(), HS256: byHmac() }[alg];
    const [header = "", , signature = ""] = token.split(".");
    const other = claimsOf(host, { scope: "admin" });
    const payload = Buffer.from(JSON.stringify(other)).toString("base64url");
    await expectRefused([header, payload, signature].join("."), served);
    const kidless = Buffer.from(JSON.stringify({ alg, typ: "JWT" })).toString("base64url");
    await expectRefused([kidless, token.split(".")[1], signature].join("."), served);
    const flipped = Buffer.from(signature, "base64url");
    flipped[0] = (flipped[0] ?? 0) ^ 1;
    await expectRefused([header, token.split(".")[1], flipped.toString("base64url")].join("."), served);
    await expectRefused(token.slice(0, -4), served);
    expect((await ask(served, token)).status).toBe(200);
  });
});

describe("a token with other claims is refused", () => {
  it.each([
    ["another issuer", { iss: "https://evil.example.net" }],
    ["our issuer and a slash", { iss: "https://host.example.com/" }],
    ["issuers in a list", { iss: ["https://host.example.com"] }],
    ["no issuer", { iss: undefined }],
    ["another audience", { aud: "another" }],
    ["an audience that begins like ours", { aud: `${AUDIENCE}-staging` }],
    ["audiences without ours", { aud: ["another", `${AUDIENCE}2`] }],
    ["no audiences", { aud: [] }],
    ["an object for an audience", { aud: { [AUDIENCE]: true } }],
    ["no audience", { aud: undefined }],
    ["no user", { sub: undefined }],
    ["an empty user", { sub: "" }],
    ["a number for a user", { sub: 1 }],
    ["a list for a user", { sub: ["user-1"] }],
    ["a user with a NUL", { sub: "user-1\u0000" }],
    ["a user that no database keeps as it is", { sub: "user-\ud800" }],
    ["a user of 256 characters", { sub: "u".repeat(256) }],
    ["no tenant", { tenant_id: undefined }],
    ["an empty tenant", { tenant_id: "" }],
    ["null for a tenant", { tenant_id: null }],
    ["an object for a tenant", { tenant_id: { id: "acme" } }],
    ["a tenant with a NUL", { tenant_id: "\u0000acme" }],
    ["a tenant that no database keeps as it is", { tenant_id: "\udfffacme" }],
    ["a tenant of 256 characters", { tenant_id: "t".repeat(256) }],
    ["no end", { exp: undefined }],
    ["a text for an end", { exp: "9999999999" }],
    ["null for an end", { exp: null }],
    ["a text for a beginning", { nbf: "0" }],
  ])("with %s", async (_name, own) => {
    await expectRefused(byRsa(own));
    await expectRefused(byHmac(own), bySecret);
  });

  it("expired for more than the tolerance, and not begun for more", async () => {
    for (const own of [{ exp: seconds() - 62 }, { exp: 0 }, { exp: -1 }, { nbf: seconds() + 90 }]) {
      await expectRefused(byRsa(own));
      await expectRefused(byHmac(own), bySecret);
    }
  });

  it.each(["", "not json", "[]", "null", "1", '"claims"', "{", "\ufeff{}"])(
    "%j instead of claims",
    async (payload) => {
      await expectRefused(craftJwt(rsaHeader(), payload, rs256(host.rsa)));
      await expectRefused(craftJwt({ alg: "HS256" }, payload, hmac(SECRET)), bySecret);
    },
  );
});

describe("a token in another form is refused", () => {
  it("encrypted for the host's own key (JWE, five parts)", async () => {
    const claims = Buffer.from(JSON.stringify(claimsOf(host)));
    const jwe = await new CompactEncrypt(claims)
      .setProtectedHeader({ alg: "RSA-OAEP-256", enc: "A256GCM", kid: "rsa-1" })
      .encrypt(host.rsa.publicKey);
    expect(jwe.split(".")).toHaveLength(5);
    await expectRefused(jwe);
    const direct = await new CompactEncrypt(claims)
      .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
      .encrypt(Buffer.from(SECRET).subarray(0, 32));
    await expectRefused(direct, bySecret);
  });

  it.each([".", "..", "...", "....", "a.b", "a.b.c", "a.b.c.d.e", ".a.b", "%2e%2e.a.b", "e30.e30.e30"])(
    "of the form %s",
    async (token) => {
      await expectRefused(token);
      await expectRefused(token, bySecret);
    },
  );

  it("with a part more, or one less", async () => {
    await expectRefused(`${byRsa({})}.`);
    await expectRefused(`${byRsa({})}.e30`);
    await expectRefused(`.${byRsa({})}`);
    await expectRefused(byRsa({}).split(".").slice(0, 2).join("."));
  });

  it.each([
    ["an extension that nobody knows", { crit: ["shiny"], shiny: true }],
    ["an extension that is not there", { crit: ["exp"] }],
    ["no extensions in the list of them", { crit: [] }],
    ["a text for the list of extensions", { crit: "exp", exp: 1 }],
    ["a payload that is not encoded", { crit: ["b64"], b64: false }],
  ])("that insists on %s", async (_name, header) => {
    await expectRefused(byRsa({}, header));
    await expectRefused(byHmac({}, header), bySecret);
  });

  it("of more than 8 KiB, well signed as it is, and nothing is fetched or made for it", async () => {
    const padding = (length: number) => byRsa({ sub: "large", pad: "x".repeat(length) });
    const overhead = padding(0).length;
    const fitting = padding(Math.floor((8192 - overhead) / 4) * 3 - 3);
    expect(fitting.length).toBeLessThanOrEqual(8192);
    expect((await ask(byKeySet, fitting)).status).toBe(200);
    const larger = padding(6144);
    expect(larger.length).toBeGreaterThan(8192);
    const asked = host.asked();
    await expectRefused(larger);
    expect(host.asked()).toBe(asked);
  });
});

describe("scopes", () => {
  it.each([
    ["a list", { scope: ["admin"] }],
    ["an object", { scope: { admin: true } }],
    ["a number", { scope: 1 }],
    ["null", { scope: null }],
    ["an empty text", { scope: "" }],
    ["names that are not known", { scope: "root ADMIN admin; Admin cloud_storage:* *" }],
    ["commas between them", { scope: "admin,write" }],
    ["another kind of blank between them", { scope: "admin\twrite" }],
    [
      "other claims",
      { scope: undefined, scp: "admin", scopes: ["admin"], roles: ["admin"], permissions: ["admin"] },
    ],
  ])("that come as %s allow nothing", async (_name, own) => {
    for (const [served, token] of [
      [byKeySet, byRsa(own)],
      [bySecret, byHmac(own)],
    ] as const) {
      expect(await ask(served, token)).toMatchObject({ status: 200, scopes: [] });
      expect(await ask(served, token, "/api/v2/collections")).toMatchObject({
        status: 403,
        code: "insufficient_scope",
      });
    }
  });
});

describe("credentials beside each other", () => {
  /** Sends headers as they are, however many of one name. */
  async function statusOf(authorizations: readonly string[]): Promise<number> {
    const headers = authorizations.flatMap((value) => ["Authorization", value]);
    const { port } = new URL(byKeySet.url);
    const sent = httpRequest({
      port,
      path: "/api/v2/me",
      headers: ["Host", `127.0.0.1:${port}`, ...headers],
    });
    sent.end();
    const [response] = (await once(sent, "response")) as [{ statusCode: number; resume(): void }];
    response.resume();
    return response.statusCode;
  }

  it("two Authorization headers are refused, whichever of them is good", async () => {
    const good = `Bearer ${hostJwt(host)}`;
    const bad = "Bearer x.y.z";
    expect(await statusOf([good])).toBe(200);
    for (const both of [
      [good, bad],
      [bad, good],
      [good, good],
      [good, `Bearer ${edge.owner.apiKey}`],
    ]) {
      expect(await statusOf(both)).toBe(400);
    }
  });

  it("two tokens in one header are refused", async () => {
    const token = hostJwt(host);
    for (const header of [`Bearer ${token} ${token}`, `Bearer ${token}, Bearer ${token}`, `Basic ${token}`]) {
      expect(await statusOf([header])).toBe(401);
    }
  });
});
