import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "./has-code.ts";
import { POSTMASTER_FILE, type PostmasterFile } from "./postmaster-file.ts";

/** Above every process id that a kernel gives out, so nobody will ever have it. */
const NOBODYS_PID = 2_147_483_646;

/**
 * Makes a `postmaster.pid`, whose process id now belongs to somebody else, acceptable to PostgreSQL: the number in its first
 * line is replaced by one that no process can have. The file itself stays, because the server reads in its line 7 which
 * shared memory must be free of survivors before it may start.
 *
 * The file is taken away by a rename first, so that of several processes only one changes it; a file that is not the one we
 * judged (another process was faster and started the server) is put back untouched.
 */
export async function releaseStaleLock(clusterDir: string, judged: PostmasterFile): Promise<void> {
  const place = join(clusterDir, POSTMASTER_FILE);
  const taken = join(clusterDir, `${POSTMASTER_FILE}.${randomBytes(6).toString("hex")}`);
  try {
    await rename(place, taken);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return;
    throw error;
  }
  try {
    if ((await readFile(taken, "utf8")) === judged.text) {
      await writeFile(taken, judged.text.replace(/^\s*\d+/, String(NOBODYS_PID)));
    }
    await link(taken, place);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    await rm(taken, { force: true });
  }
}
