import { readFile, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { hasCode } from "./has-code.ts";

/**
 * Makes the links among the shared libraries that npm packages cannot carry (`libicuuc.so.60` to `libicuuc.so.60.2`).
 * The package makes them itself in its install script, but installations without scripts are common and without the
 * links no program starts. Links that exist are left alone, so any number of processes may do this at once.
 * @param nativeDir the package's `native` folder, with `pg-symlinks.json`
 * @throws the operating system's error (`EROFS`, `EACCES`, `EPERM`) when a link is missing and cannot be made
 */
export async function restoreLibraryLinks(nativeDir: string): Promise<void> {
  for (const { source, target } of await readLinks(nativeDir)) {
    const place = join(dirname(nativeDir), target);
    const content = relative(dirname(target), source);
    try {
      await symlink(content, place);
    } catch (error) {
      if (!hasCode(error, "EEXIST")) throw error;
    }
  }
}

/** Each link as `target -> source`, both relative to the folder above `native`. */
async function readLinks(nativeDir: string): Promise<{ source: string; target: string }[]> {
  const listed: unknown = JSON.parse(await readFile(join(nativeDir, "pg-symlinks.json"), "utf8"));
  if (!Array.isArray(listed)) throw new Error("pg-symlinks.json is not a list");
  return listed.map((entry: unknown) => {
    if (typeof entry === "object" && entry !== null && "source" in entry && "target" in entry) {
      return { source: String(entry.source), target: String(entry.target) };
    }
    throw new Error("pg-symlinks.json has an entry that is not a link");
  });
}
