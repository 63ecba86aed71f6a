import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import { resolve } from "node:path";
import { certificateAddresses, certificateHosts } from "./certificate-hosts.ts";
import { issueAuthority, issueServerCertificate } from "./issue-certificate.ts";
import {
  createPrivateFile,
  readPrivateFile,
  readPublicFile,
  replacePublicFile,
  requirePrivateDirectory,
} from "./private-files.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** More than a server's certificate lives, so that none outlives its authority. */
const AUTHORITY_RENEWED_BEFORE_END_MS = 400 * DAY_MS;
const SERVER_RENEWED_BEFORE_END_MS = 30 * DAY_MS;

/** What a server needs to speak TLS, and the file that its clients need. */
export interface KeptCertificates {
  readonly keyPem: string;
  readonly certificatePem: string;
  /** The full path of the authority's certificate. */
  readonly caFile: string;
}

/**
 * Takes the certificates from a directory, and makes what is missing, about to end, or without one of the names. The
 * authority's key is made once, so that clients which trust it go on doing so. Several sandboxes may share a directory,
 * also while they start.
 *
 * @param nowMs the machine's time, which is what clients compare with
 * @throws Error that names the file or directory, when others could read or change it or it does not fit the rest
 */
export async function keepCertificates({
  directory,
  nowMs,
}: {
  directory: string;
  nowMs: number;
}): Promise<KeptCertificates> {
  requirePrivateDirectory(directory);
  const paths = pathsIn(directory);
  if (readPublicFile(paths.caFile) !== null && readPrivateFile(paths.caKey) === null) {
    throw new Error(`${paths.caFile} has lost its key ${paths.caKey}; remove it to begin anew`);
  }
  const authorityKeyPem = keptKey(paths.caKey);
  const authority = await keptAuthority({ path: paths.caFile, keyPem: authorityKeyPem, nowMs });
  const keyPem = keptKey(paths.serverKey);
  const certificatePem = await keptServerCertificate({
    path: paths.serverFile,
    keyPem,
    authority,
    authorityKeyPem,
    nowMs,
  });
  return { keyPem, certificatePem, caFile: paths.caFile };
}

function pathsIn(directory: string) {
  return {
    caFile: resolve(directory, "ca.pem"),
    caKey: resolve(directory, "ca-key.pem"),
    serverFile: resolve(directory, "server.pem"),
    serverKey: resolve(directory, "server-key.pem"),
  };
}

function keptKey(path: string): string {
  if (readPrivateFile(path) === null) {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    createPrivateFile(path, String(privateKey.export({ type: "pkcs8", format: "pem" })));
  }
  const pem = readPrivateFile(path) ?? "";
  if (!isP256(readKey(pem))) {
    throw new Error(`${path} holds no private key for P-256; remove all .pem files beside it to begin anew`);
  }
  return pem;
}

function readKey(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}

function isP256(key: KeyObject | null): boolean {
  return key?.asymmetricKeyDetails?.namedCurve === "prime256v1";
}

async function keptAuthority({
  path,
  keyPem,
  nowMs,
}: {
  path: string;
  keyPem: string;
  nowMs: number;
}): Promise<X509Certificate> {
  const pem = readPublicFile(path);
  const kept = readCertificate(pem);
  if (pem !== null && !(kept?.ca === true && kept.checkPrivateKey(createPrivateKey(keyPem)))) {
    throw new Error(
      `${path} does not belong to the key beside it; remove all .pem files there to begin anew`,
    );
  }
  if (kept !== null && endsMs(kept) - nowMs > AUTHORITY_RENEWED_BEFORE_END_MS) return kept;
  const made = await issueAuthority({ keyPem, nowMs });
  replacePublicFile(path, made);
  return new X509Certificate(made);
}

async function keptServerCertificate({
  path,
  keyPem,
  authority,
  authorityKeyPem,
  nowMs,
}: {
  path: string;
  keyPem: string;
  authority: X509Certificate;
  authorityKeyPem: string;
  nowMs: number;
}): Promise<string> {
  const kept = readCertificate(readPublicFile(path));
  if (kept !== null && isGood(kept, { keyPem, authority, nowMs })) return kept.toString();
  const made = await issueServerCertificate({ keyPem, authorityKeyPem, nowMs });
  replacePublicFile(path, made);
  return made;
}

function isGood(
  certificate: X509Certificate,
  { keyPem, authority, nowMs }: { keyPem: string; authority: X509Certificate; nowMs: number },
): boolean {
  return (
    certificate.checkPrivateKey(createPrivateKey(keyPem)) &&
    certificate.verify(authority.publicKey) &&
    coversAllNames(certificate) &&
    endsMs(certificate) - nowMs > SERVER_RENEWED_BEFORE_END_MS
  );
}

function coversAllNames(certificate: X509Certificate): boolean {
  const names = certificate.subjectAltName?.split(", ") ?? [];
  return (
    certificateHosts.every((host) => names.includes(`DNS:${host}`)) &&
    certificateAddresses.every((address) => certificate.checkIP(address) !== undefined)
  );
}

function readCertificate(pem: string | null): X509Certificate | null {
  try {
    return pem === null ? null : new X509Certificate(pem);
  } catch {
    return null;
  }
}

function endsMs(certificate: X509Certificate): number {
  return certificate.validToDate.getTime();
}
