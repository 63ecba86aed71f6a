import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import type { Violations } from "./violations.ts";

const ENDING = ".blob";

/** What lies in the folder of the blobs. */
export interface BlobsReport {
  readonly blobs: number;
  readonly bytes: number;
  /** Blobs that no image names. */
  readonly orphans: readonly string[];
  /** Files of the staging folder. */
  readonly staged: readonly string[];
}

/** Hashes every blob, and compares the folder with the images that name what is in it. All processes have stopped. */
export async function checkBlobs(params: {
  readonly pool: pg.Pool;
  readonly directory: string;
  readonly violations: Violations;
}): Promise<BlobsReport> {
  const { violations, directory } = params;
  const { rows } = await params.pool.query<{ id: string; key: string; sha256: string }>(
    `select id, blob_key as key, encode(sha256, 'hex') as sha256 from images`,
  );
  const objects = join(directory, "objects");
  const keys = new Set((await filesBelow(objects)).map((path) => keyOf(objects, path)));
  let bytes = 0;
  for (const { id, key, sha256 } of rows) {
    if (!keys.has(key)) {
      violations.add(`the image ${id} names the blob ${key}, which is not there`);
      continue;
    }
    const measured = await digest(join(objects, ...key.split("/")).concat(ENDING));
    bytes += measured.bytes;
    if (measured.sha256 !== sha256) violations.add(`the blob of ${id} has the SHA-256 ${measured.sha256}`);
  }
  const named = new Set(rows.map(({ key }) => key));
  if (named.size !== rows.length) violations.add("two images name the same blob");
  const orphans = [...keys].filter((key) => !named.has(key));
  const staged = await filesBelow(join(directory, "staging"));
  return { blobs: keys.size, bytes, orphans, staged };
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function keyOf(objects: string, path: string): string {
  return relative(objects, path).slice(0, -ENDING.length).replaceAll("\\", "/");
}

async function digest(path: string): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash("sha256");
  const stream = createReadStream(path);
  await pipeline(stream, hash);
  return { sha256: hash.digest("hex"), bytes: stream.bytesRead };
}
