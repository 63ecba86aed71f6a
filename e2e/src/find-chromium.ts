import { constants, createReadStream, createWriteStream } from "node:fs";
import { access, mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createBrotliDecompress } from "node:zlib";

const INSTALLED = "/usr/bin/chromium";
const UNPACKED = fileURLToPath(new URL("../../node_modules/.cache/e2e/chromium", import.meta.url));

/**
 * The browser to test in: CHROMIUM_PATH, else the one that the system has, else the one that comes as an npm package
 * and needs no system package.
 * @returns the path of the executable
 */
export async function findChromium(): Promise<string> {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen !== undefined && chosen !== "") return chosen;
  if (await isExecutable(INSTALLED)) return INSTALLED;
  if (!(await isExecutable(UNPACKED))) await unpack();
  return UNPACKED;
}

/**
 * The package's own unpacking writes to a fixed place in the system's temporary folder, where a second process meets a
 * file that is half written. Here it becomes visible when it is whole.
 */
async function unpack(): Promise<void> {
  const packed = fileURLToPath(new URL("../bin/chromium.br", import.meta.resolve("@sparticuz/chromium")));
  const aside = `${UNPACKED}.${process.pid}`;
  await mkdir(dirname(UNPACKED), { recursive: true });
  try {
    await pipeline(
      createReadStream(packed),
      createBrotliDecompress(),
      createWriteStream(aside, { mode: 0o700 }),
    );
    await rename(aside, UNPACKED);
  } finally {
    await rm(aside, { force: true });
  }
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    // Not there or not ours to run: the next place is looked at.
    return false;
  }
}
