import { linkSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { makeDirectory } from "../make-directory.ts";

const OTHERS_MAY_WRITE = 0o022;
const OTHERS_MAY_ANYTHING = 0o077;
const OWNER_ONLY = 0o600;

/**
 * Makes a directory for keys, or accepts one that nobody else can change.
 *
 * @throws Error that names the directory when it is none, belongs to another user, or is writable for others
 */
export function requirePrivateDirectory(path: string): void {
  makeDirectory(path);
  const { uid, mode } = lstatSync(path);
  requireOwnUser(path, uid);
  if (process.platform !== "win32" && (mode & OTHERS_MAY_WRITE) !== 0) {
    throw new Error(`${path} may be written by other users; make it yours alone (chmod 700)`);
  }
}

/**
 * Reads a key that only its owner can read.
 *
 * @returns null when there is none
 * @throws Error that names the file when it is no file, belongs to another user, or may be read by others
 */
export function readPrivateFile(path: string): string | null {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (!found.isFile()) throw new Error(`${path} is no regular file`);
  requireOwnUser(path, found.uid);
  if (process.platform !== "win32" && (found.mode & OTHERS_MAY_ANYTHING) !== 0) {
    throw new Error(`${path} may be used by other users; make it yours alone (chmod 600)`);
  }
  return readFileSync(path, "utf8");
}

/** Reads a file that everybody may read; null when there is none. */
export function readPublicFile(path: string): string | null {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found === undefined ? null : readFileSync(path, "utf8");
}

/** Writes a private file where there is none yet. Of several that try at once the first wins. */
export function createPrivateFile(path: string, text: string): void {
  const aside = asideOf(path);
  writeFileSync(aside, text, { mode: OWNER_ONLY, flag: "wx" });
  try {
    linkSync(aside, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    rmSync(aside);
  }
}

/** Writes a public file, in one step for whoever reads it. */
export function replacePublicFile(path: string, text: string): void {
  const aside = asideOf(path);
  writeFileSync(aside, text, { mode: 0o644, flag: "wx" });
  renameSync(aside, path);
}

function asideOf(path: string): string {
  return `${path}.${process.pid}.${performance.now()}`;
}

function requireOwnUser(path: string, uid: number): void {
  if (process.getuid !== undefined && uid !== process.getuid()) {
    throw new Error(`${path} belongs to another user`);
  }
}
