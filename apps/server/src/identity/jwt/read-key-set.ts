import { createLocalJWKSet, type JSONWebKeySet } from "jose";

const TIMEOUT_MS = 5_000;
const LARGEST_BYTES = 256 * 1024;

/** The public keys of a set, each found by the header of a token. */
export type KeySet = ReturnType<typeof createLocalJWKSet>;

/**
 * Reads a JSON Web Key Set (RFC 7517, 5) from the address that the operator configured, and from nowhere else: a redirect
 * is a fault.
 * @throws {Error} when there is no answer within five seconds, another status than 200, more than 256 KiB, or no key set
 */
export async function readKeySet(url: string): Promise<KeySet> {
  const response = await fetch(url, {
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { accept: "application/jwk-set+json, application/json" },
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`the address of the key set answers with ${response.status}`);
  }
  const text = await readText(response);
  // jose checks that it has the shape of a set, and each key when it is used.
  return createLocalJWKSet(JSON.parse(text) as JSONWebKeySet);
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > LARGEST_BYTES) throw new Error(`the key set has more than ${LARGEST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
