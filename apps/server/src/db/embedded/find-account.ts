import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";

/** A user of this machine. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Whom root may hand the server to: PostgreSQL's own user where there is one, else nobody in particular. */
const NAMES = ["postgres", "driveway", "nobody"];

/** Finds a user without rights to run the server as, in `/etc/passwd`; `null` when there is none of the usual ones. */
export async function findUnprivilegedAccount(): Promise<Account | null> {
  const lines = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  for (const name of NAMES) {
    const [, , uid, gid] = lines.find((fields) => fields[0] === name) ?? [];
    if (uid !== undefined && gid !== undefined && Number(uid) > 0)
      return { uid: Number(uid), gid: Number(gid) };
  }
  return null;
}

/** Whether our own user has a name. Containers run under bare numbers, and `initdb` refuses those. */
export function hasName(): boolean {
  try {
    userInfo();
    return true;
  } catch {
    return false;
  }
}
