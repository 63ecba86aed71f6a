import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SealingKey } from "./platform/index.ts";

/**
 * The key that a trial makes for itself, in `DATA_DIR/keys` and readable by its owner alone. Two processes that start
 * at once end with the same key: the file is written aside and linked into place, which only one of them can do.
 */
export async function generatedEncryptionKeys(dataDir: string): Promise<readonly [SealingKey]> {
  const path = pathIn(dataDir);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const aside = `${path}.${process.pid}`;
  await writeFile(aside, `generated:${randomBytes(32).toString("base64")}\n`, { mode: 0o600, flush: true });
  try {
    await link(aside, path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
  } finally {
    await rm(aside, { force: true });
  }
  const keys = await readGeneratedKey(dataDir);
  if (keys === null) throw new Error(`${path} went away while it was read`);
  return keys;
}

/** The key that an earlier start made; null when there is none. */
export async function readGeneratedKey(dataDir: string): Promise<readonly [SealingKey] | null> {
  const path = pathIn(dataDir);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw cause;
  });
  if (text === null) return null;
  const [id = "", secret = ""] = text.trim().split(/:(.*)/s);
  const key = { id, secret: Buffer.from(secret, "base64") };
  if (id === "" || key.secret.length !== 32) throw new Error(`${path} does not hold a key`);
  return [key];
}

function pathIn(dataDir: string): string {
  return join(dataDir, "keys", "encryption-key");
}
