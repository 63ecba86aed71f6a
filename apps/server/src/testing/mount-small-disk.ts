import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A file system of its own that can be full or read-only. */
export interface SmallDisk {
  readonly directory: string;
  resize(sizeBytes: number): Promise<void>;
  /** Nothing may be open for writing. */
  allowWrites(allowed: boolean): Promise<void>;
  unmount(): Promise<void>;
}

/** Mounts one in memory; null where this process may not mount, or the system knows no tmpfs. */
export async function mountSmallDisk(sizeBytes: number): Promise<SmallDisk | null> {
  const directory = await mkdtemp(join(tmpdir(), "driveway-disk-"));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    await run("mount", ["-t", "tmpfs", "-o", `size=${sizeBytes},mode=0700`, "tmpfs", directory]);
  } catch {
    await remove();
    return null;
  }
  const remount = async (option: string): Promise<void> => {
    await run("mount", ["-o", `remount,${option}`, directory]);
  };
  return {
    directory,
    resize: (bytes) => remount(`size=${bytes}`),
    allowWrites: (allowed) => remount(allowed ? "rw" : "ro"),
    async unmount() {
      await run("umount", [directory]);
      await remove();
    },
  };
}
