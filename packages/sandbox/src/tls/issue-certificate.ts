import "reflect-metadata";
import { createPrivateKey, createPublicKey, randomBytes, webcrypto } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { certificateAddresses, certificateHosts, permittedDomains } from "./certificate-hosts.ts";
import { loopbackAddresses, nameConstraints } from "./name-constraints.ts";

const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNING_ALGORITHM = { name: "ECDSA", hash: "SHA-256" } as const;
const DAY_MS = 24 * 60 * 60 * 1000;
const AUTHORITY_LIFETIME_MS = 5 * 365 * DAY_MS;
/** As long as browsers accept one from a public authority. */
const SERVER_LIFETIME_MS = 397 * DAY_MS;
/** Clocks of clients may be behind. */
const HEAD_START_MS = DAY_MS;
const SERIAL_NUMBER_BYTES = 16;
const AUTHORITY_NAME = "CN=Driveway sandbox local authority (not Google), O=Driveway sandbox";
const SERVER_NAME = "CN=Driveway sandbox (not Google), O=Driveway sandbox";

/**
 * The certificate of an authority that vouches for the sandbox's names and no others (RFC 5280 §4.2.1.9, §4.2.1.10).
 *
 * @param keyPem its private key, P-256, as PKCS #8 in PEM
 * @param nowMs the machine's time, which is what clients compare with
 * @returns the certificate in PEM
 */
export async function issueAuthority({ keyPem, nowMs }: { keyPem: string; nowMs: number }): Promise<string> {
  const keys = await importKeys(keyPem);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...commonParts(nowMs, AUTHORITY_LIFETIME_MS),
    name: AUTHORITY_NAME,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      nameConstraints({ domains: permittedDomains, addresses: loopbackAddresses }),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return pem(certificate.toString("pem"));
}

/**
 * A certificate for all names under which the sandbox is reached, signed by the authority.
 *
 * @param keyPem the server's own private key, P-256, as PKCS #8 in PEM
 * @param nowMs the machine's time, which is what clients compare with
 * @returns the certificate in PEM
 */
export async function issueServerCertificate({
  keyPem,
  authorityKeyPem,
  nowMs,
}: {
  keyPem: string;
  authorityKeyPem: string;
  nowMs: number;
}): Promise<string> {
  const { publicKey } = await importKeys(keyPem);
  const authority = await importKeys(authorityKeyPem);
  const certificate = await X509CertificateGenerator.create({
    ...commonParts(nowMs, SERVER_LIFETIME_MS),
    subject: SERVER_NAME,
    issuer: AUTHORITY_NAME,
    publicKey,
    signingKey: authority.privateKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      alternativeNames(),
      await SubjectKeyIdentifierExtension.create(publicKey),
      await AuthorityKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  return pem(certificate.toString("pem"));
}

function commonParts(nowMs: number, lifetimeMs: number) {
  const [first = 0, ...rest] = randomBytes(SERIAL_NUMBER_BYTES);
  return {
    // A serial number is positive and its first byte is not zero (RFC 5280 §4.1.2.2).
    serialNumber: Buffer.from([(first & 0x3f) | 0x40, ...rest]).toString("hex"),
    notBefore: new Date(nowMs - HEAD_START_MS),
    notAfter: new Date(nowMs + lifetimeMs),
    signingAlgorithm: SIGNING_ALGORITHM,
  };
}

function alternativeNames(): Extension {
  return new SubjectAlternativeNameExtension([
    ...certificateHosts.map((value) => ({ type: "dns", value }) as const),
    ...certificateAddresses.map((value) => ({ type: "ip", value }) as const),
  ]);
}

async function importKeys(keyPem: string): Promise<webcrypto.CryptoKeyPair> {
  const secret = createPrivateKey(keyPem);
  const [privateBytes, publicBytes] = [
    secret.export({ type: "pkcs8", format: "der" }),
    createPublicKey(secret).export({ type: "spki", format: "der" }),
  ];
  const { subtle } = webcrypto;
  return {
    privateKey: await subtle.importKey("pkcs8", new Uint8Array(privateBytes), KEY_ALGORITHM, false, ["sign"]),
    publicKey: await subtle.importKey("spki", new Uint8Array(publicBytes), KEY_ALGORITHM, true, ["verify"]),
  };
}

function pem(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}
