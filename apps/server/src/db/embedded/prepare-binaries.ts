import { randomBytes } from "node:crypto";
import { access, chmod, constants, cp, lstat, mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { hasCode } from "./has-code.ts";
import { restoreLibraryLinks } from "./library-links.ts";

/**
 * Makes the programs of a package fit to run, where they are if that can be, else from a copy.
 * @param params.nativeDir the package's `native` folder
 * @param params.copyDir where a copy goes when the package's folder lacks links and cannot be written
 * @returns the folder of `initdb`, `pg_ctl` and `postgres`
 */
export async function prepareBinaries(params: { nativeDir: string; copyDir: string }): Promise<string> {
  try {
    await restoreLibraryLinks(params.nativeDir);
    await makeExecutable(params.nativeDir);
    return join(params.nativeDir, "bin");
  } catch (error) {
    if (!hasCode(error, "EROFS", "EACCES", "EPERM")) throw error;
    return await copyBinaries(params);
  }
}

/**
 * Copies the programs (about 60 MB) to a place of our own, readable by everybody. The copy appears at once and whole:
 * of several processes that copy at the same time the first wins and the others use its copy.
 * @returns the copy's folder of programs
 */
export async function copyBinaries(params: { nativeDir: string; copyDir: string }): Promise<string> {
  const binDir = join(params.copyDir, basename(params.nativeDir), "bin");
  if (await exists(binDir)) return binDir;
  const draft = `${params.copyDir}.${randomBytes(6).toString("hex")}`;
  try {
    await mkdir(dirname(params.copyDir), { recursive: true });
    await mkdir(draft, { mode: 0o755 });
    const native = join(draft, basename(params.nativeDir));
    await cp(params.nativeDir, native, { recursive: true, verbatimSymlinks: true });
    await restoreLibraryLinks(native);
    await makeReadable(draft);
    await rename(draft, params.copyDir);
  } catch (error) {
    if (!hasCode(error, "ENOTEMPTY", "EEXIST")) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return binDir;
}

async function makeExecutable(nativeDir: string): Promise<void> {
  for (const program of ["initdb", "pg_ctl", "postgres"]) {
    const path = join(nativeDir, "bin", program);
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!runs) await chmod(path, 0o755);
  }
}

/** Everything becomes 0755, whatever umask the package was installed under. */
async function makeReadable(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await makeReadable(path);
    else if (entry.isFile()) await chmod(path, 0o755);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}
