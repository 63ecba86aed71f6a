import { randomBytes } from "node:crypto";
import type { SealingKey } from "./platform/index.ts";

const KEY_BYTES = 32;
const ID = /^[A-Za-z0-9_-]{1,32}$/;

/**
 * Reads ENCRYPTION_KEYS: `id:base64,…`, each key 32 bytes, the first one seals. The text of a key never gets into a
 * fault.
 * @param faults gets a sentence for everything that is wrong; what is returned is of use only when there is none
 */
export function parseEncryptionKeys(text: string, faults: string[]): readonly [SealingKey, ...SealingKey[]] {
  const keys = text.split(",").map((entry): SealingKey => {
    const [id = "", secret = ""] = entry.trim().split(/:(.*)/s);
    return { id, secret: Buffer.from(secret, "base64") };
  });
  for (const [index, key] of keys.entries()) {
    const fault = faultOf(key, index);
    if (fault !== null) faults.push(`ENCRYPTION_KEYS: ${fault}`);
  }
  faults.push(...sharedIds(keys), ...sharedSecrets(keys));
  const [first = { id: "none", secret: randomBytes(KEY_BYTES) }, ...others] = keys;
  return [first, ...others];
}

function faultOf({ id, secret }: SealingKey, index: number): string | null {
  if (!ID.test(id)) {
    return `key ${index + 1} needs an id of 1 to 32 letters, digits, - and _ in front, like k1:…`;
  }
  if (secret.length !== KEY_BYTES) return `key "${id}" is not 32 bytes of base64`;
  const isOneByte = secret.every((byte) => byte === secret[0]);
  return isOneByte ? `key "${id}" is one byte again and again; make one with driveway keys generate` : null;
}

function sharedIds(keys: readonly SealingKey[]): string[] {
  const ids = new Set(keys.map(({ id }) => id));
  return ids.size === keys.length ? [] : ["ENCRYPTION_KEYS: two keys have the same id"];
}

/** The same key under two ids would look like a rotation and be none. */
function sharedSecrets(keys: readonly SealingKey[]): string[] {
  const pairs = keys.flatMap((key, index) => {
    const twin = keys.slice(0, index).find((other) => other.id !== key.id && other.secret.equals(key.secret));
    return twin === undefined || key.secret.length !== KEY_BYTES ? [] : [[twin.id, key.id] as const];
  });
  return pairs.map(([one, other]) => `ENCRYPTION_KEYS: "${one}" and "${other}" are the same key`);
}
