import { createHmac, type KeyObject, sign } from "node:crypto";

/** Makes the signature of a token, or what a test wants to stand in its place. */
export type Signer = (signed: string) => Buffer;

export const rs256 =
  ({ privateKey }: { readonly privateKey: KeyObject }): Signer =>
  (signed) =>
    sign("sha256", Buffer.from(signed), privateKey);

export const es256 =
  ({ privateKey }: { readonly privateKey: KeyObject }): Signer =>
  (signed) =>
    sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });

export const hmac =
  (secret: string | Buffer, hash = "sha256"): Signer =>
  (signed) =>
    createHmac(hash, secret).update(signed).digest();

/**
 * Puts a token together by hand, so that a test can make what no library would.
 * @param payload the claims, or a text that is none
 */
export function craftJwt(header: object, payload: object | string, signer: Signer): string {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  const signed = `${base64url(JSON.stringify(header))}.${base64url(text)}`;
  return `${signed}.${signer(signed).toString("base64url")}`;
}

function base64url(text: string): string {
  return Buffer.from(text).toString("base64url");
}
