import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { JwtSettings } from "../identity/index.ts";
import { craftJwt, rs256 } from "./craft-jwt.ts";

export const AUDIENCE = "driveway";

/** A host application that signs tokens and serves its public keys, which a test may have done badly. */
export interface HostApplication {
  readonly issuer: string;
  readonly keySetUrl: string;
  /** How Driveway is configured to take its tokens. */
  readonly settings: JwtSettings;
  readonly rsa: HostKey;
  readonly ec: HostKey;
  /** The keys that are served. */
  served: object[];
  /** Answers instead of the key set, while a test wants it to. */
  answer: ((response: ServerResponse) => void) | null;
  /** How often the key set was asked for. */
  readonly asked: () => number;
  stop(): Promise<void>;
}

export interface HostKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: object;
}

/** Starts one on a free port of the loopback interface. */
export async function startHostApplication(): Promise<HostApplication> {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    if (host.answer !== null) host.answer(response);
    else response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: host.served }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = "https://host.example.com";
  const keySetUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  const [rsa, ec] = [rsaKey("rsa-1"), ecKey("ec-1")];
  const host: HostApplication = {
    issuer,
    keySetUrl,
    settings: {
      issuer,
      audience: AUDIENCE,
      tenantClaim: "tenant_id",
      keys: { kind: "jwks", url: keySetUrl },
    },
    rsa,
    ec,
    served: [rsa.jwk, ec.jwk],
    answer: null,
    asked: () => asked,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return host;
}

/** A key for RS256. */
export function rsaKey(kid: string, modulusLength = 2048): HostKey {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" };
  return { kid, privateKey, publicKey, jwk };
}

/** A key for ES256. */
export function ecKey(kid: string): HostKey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid, alg: "ES256", use: "sig" };
  return { kid, privateKey, publicKey, jwk };
}

/** Claims that are good for an hour, with a test's own in their place; an undefined one is left out. */
export function claimsOf(
  host: Pick<HostApplication, "issuer">,
  own: object = {},
  nowMs = Date.now(),
): object {
  const seconds = Math.floor(nowMs / 1000);
  const good = { iss: host.issuer, aud: AUDIENCE, sub: "user-1", tenant_id: "acme", scope: "read" };
  return { ...good, iat: seconds, exp: seconds + 3600, ...own };
}

/** A token that the host application signs with its RSA key. */
export function hostJwt(host: HostApplication, own: object = {}, nowMs = Date.now()): string {
  return craftJwt({ alg: "RS256", kid: host.rsa.kid }, claimsOf(host, own, nowMs), rs256(host.rsa));
}
