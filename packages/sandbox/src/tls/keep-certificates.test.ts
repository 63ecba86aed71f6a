import { X509Certificate } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { certificateHosts } from "./certificate-hosts.ts";
import { keepCertificates } from "./keep-certificates.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const nowMs = Date.UTC(2026, 10, 24);
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "certificates-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const read = (name: string) => readFileSync(join(directory, name), "utf8");
const keep = (atMs = nowMs) => keepCertificates({ directory, nowMs: atMs });

describe("the kept certificates", () => {
  it("are an authority and a server's certificate that it signed, for every name", async () => {
    const { certificatePem, caFile } = await keep();
    const authority = new X509Certificate(readFileSync(caFile));
    const server = new X509Certificate(certificatePem);
    expect(authority.ca).toBe(true);
    expect(server.ca).toBe(false);
    expect(server.checkIssued(authority)).toBe(true);
    expect(server.verify(authority.publicKey)).toBe(true);
    for (const name of certificateHosts) {
      expect(server.checkHost(name.replace("*", "any"))).toBeDefined();
    }
    expect(server.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(server.checkHost("example.com")).toBeUndefined();
  });

  it("have keys that their owner alone can read", async () => {
    await keep();
    for (const name of ["ca-key.pem", "server-key.pem"]) {
      expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    }
  });

  it("stay as they are while they are good", async () => {
    const files = ["ca.pem", "ca-key.pem", "server.pem", "server-key.pem"];
    await keep();
    const before = files.map(read);
    await keep(nowMs + 300 * DAY_MS);
    expect(files.map(read)).toEqual(before);
  });

  it("are the same for sandboxes that start at once", async () => {
    const all = await Promise.all([keep(), keep(), keep()]);
    const authority = new X509Certificate(read("ca.pem"));
    for (const { certificatePem, keyPem } of all) {
      expect(keyPem).toBe(all[0]?.keyPem);
      expect(new X509Certificate(certificatePem).verify(authority.publicKey)).toBe(true);
    }
  });

  it("are renewed before they end, the authority with the key that clients trust already", async () => {
    await keep();
    const [oldAuthority, key, server] = ["ca.pem", "ca-key.pem", "server.pem"].map(read);
    await keep(nowMs + 380 * DAY_MS);
    expect(read("server.pem")).not.toBe(server);
    expect(read("ca.pem")).toBe(oldAuthority);
    const { certificatePem } = await keep(nowMs + 4.5 * 365 * DAY_MS);
    expect(read("ca.pem")).not.toBe(oldAuthority);
    expect(read("ca-key.pem")).toBe(key);
    const trusted = new X509Certificate(oldAuthority ?? "");
    expect(new X509Certificate(certificatePem).verify(trusted.publicKey)).toBe(true);
  });

  it("are made anew for the server when a host name is missing or the file is none", async () => {
    await keep();
    const good = new X509Certificate(read("server.pem"));
    writeFileSync(join(directory, "server.pem"), "no certificate");
    const { certificatePem } = await keep();
    expect(new X509Certificate(certificatePem).subjectAltName).toBe(good.subjectAltName);
    // A certificate of the same key with fewer names: the authority's own has none at all.
    writeFileSync(join(directory, "server-key.pem"), read("ca-key.pem"), { mode: 0o600 });
    writeFileSync(join(directory, "server.pem"), read("ca.pem"));
    const renewed = await keep();
    expect(new X509Certificate(renewed.certificatePem).subjectAltName).toBe(good.subjectAltName);
  });

  it.runIf(process.platform !== "win32")("are refused in a directory that others may write to", async () => {
    chmodSync(directory, 0o777);
    await expect(keep()).rejects.toThrow(`${directory} may be written by other users`);
  });

  it.runIf(process.platform !== "win32")("are refused when others may read a key", async () => {
    await keep();
    chmodSync(join(directory, "ca-key.pem"), 0o640);
    await expect(keep()).rejects.toThrow(/ca-key\.pem may be used by other users/);
  });

  it.runIf(process.getuid?.() === 0)("are refused when they belong to another user", async () => {
    const { chownSync } = await import("node:fs");
    await keep();
    chownSync(join(directory, "server-key.pem"), 12_345, 12_345);
    await expect(keep()).rejects.toThrow(/server-key\.pem belongs to another user/);
    chownSync(directory, 12_345, 12_345);
    await expect(keep()).rejects.toThrow(`${directory} belongs to another user`);
  });

  it("are refused when the authority has lost its key, or the key is none, or another's", async () => {
    await keep();
    const key = read("ca-key.pem");
    rmSync(join(directory, "ca-key.pem"));
    await expect(keep()).rejects.toThrow(/ca\.pem has lost its key/);
    writeFileSync(join(directory, "ca-key.pem"), "no key", { mode: 0o600 });
    await expect(keep()).rejects.toThrow(/ca-key\.pem holds no private key/);
    writeFileSync(join(directory, "ca-key.pem"), read("server-key.pem"), { mode: 0o600 });
    await expect(keep()).rejects.toThrow(/ca\.pem does not belong to the key beside it/);
    writeFileSync(join(directory, "ca-key.pem"), key, { mode: 0o600 });
    await keep();
  });
});
