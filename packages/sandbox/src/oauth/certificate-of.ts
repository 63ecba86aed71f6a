import type { SigningKey } from "./signing-key.ts";

const SIGNING_ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Google's certificates are for some weeks. */
const LIFETIME_MS = 16 * DAY_MS;
const HEAD_START_MS = DAY_MS;

/**
 * A signing key as a certificate in PEM, which is how older clients, Google's own library for Node among them, take it.
 *
 * @param nowMs the machine's time
 */
export async function certificateOf(
  { kid, ...keys }: SigningKey,
  { nowMs }: { nowMs: number },
): Promise<string> {
  // Loaded when first asked for: most clients take the JSON key set.
  await import("reflect-metadata");
  const { X509CertificateGenerator } = await import("@peculiar/x509");
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: `40${kid.slice(0, 30)}`,
    name: "CN=federated-signon.sandbox (not Google)",
    notBefore: new Date(nowMs - HEAD_START_MS),
    notAfter: new Date(nowMs + LIFETIME_MS),
    signingAlgorithm: SIGNING_ALGORITHM,
    keys,
  });
  return `${certificate.toString("pem")}\n`;
}
