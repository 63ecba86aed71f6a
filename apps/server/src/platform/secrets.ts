import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** A new secret of `bytes` random bytes (32 = 256 bits) as base64url. */
export function randomSecret(bytes = 32): string {
  return randomBytes(bytes).toString("base64url");
}

/** SHA-256 of a secret, which is all of it that rests in the database. Only for secrets of full entropy, never for passwords. */
export function hashSecret(secret: string): Buffer {
  return createHash("sha256").update(secret, "utf8").digest();
}

/** Compares two strings in a time that tells nothing of where they differ. */
export function equalSecrets(left: string, right: string): boolean {
  return timingSafeEqual(hashSecret(left), hashSecret(right));
}
