import type { Checksums } from "../drive/index.ts";
import { digestApart } from "./digest-apart.ts";
import { type DigestName, digestsInOnePass } from "./digests-in-one-pass.ts";
import type { RecipeContent } from "./recipe-content.ts";
import { reportProgress } from "./report-progress.ts";

/** Up to this size, and this many, hashing is over sooner than processes have started. */
const HASHED_HERE_BYTES = 32 * 1024 * 1024;
const HASHED_HERE_COUNT = 10_000;
const GIBIBYTE = 1024 ** 3;
const DIGESTS = ["md5", "sha1", "sha256"] as const satisfies readonly DigestName[];

/** What it took long to find out, by recipe: a process asks for the same large content again in test after test. */
const known = new Map<string, Checksums>();

/**
 * The true digests of contents of one seed, in their order. That takes the time in which the largest of them can be
 * hashed; all others cost next to nothing. With large or many ones it is done in processes of their own, and told about on standard error.
 */
export async function checksumsOf(contents: readonly RecipeContent[]): Promise<Checksums[]> {
  const largestBytes = contents.reduce((most, { sizeBytes }) => Math.max(most, sizeBytes), 0);
  if (largestBytes <= HASHED_HERE_BYTES && contents.length <= HASHED_HERE_COUNT) {
    return joined(await Promise.all(DIGESTS.map((name) => digestsInOnePass(name, contents))));
  }
  const missing = contents.filter((content) => !known.has(keyOf(content)));
  const found = await checksumsApart(missing, largestBytes);
  const all = new Map(known);
  for (const [position, checksums] of found.entries()) {
    const content = missing[position];
    if (content === undefined) continue;
    all.set(keyOf(content), checksums);
    if (content.sizeBytes > HASHED_HERE_BYTES) known.set(keyOf(content), checksums);
  }
  return contents.flatMap((content) => all.get(keyOf(content)) ?? []);
}

async function checksumsApart(
  contents: readonly RecipeContent[],
  largestBytes: number,
): Promise<Checksums[]> {
  if (contents.length === 0) return [];
  const what = `Digests of ${(largestBytes / GIBIBYTE).toFixed(1)} GiB of generated content`;
  const onHashed = reportProgress(what, DIGESTS.length * largestBytes);
  return joined(await Promise.all(DIGESTS.map((name) => digestApart(name, contents, onHashed))));
}

function joined([md5s = [], sha1s = [], sha256s = []]: readonly (readonly string[])[]): Checksums[] {
  return md5s.map((md5, position) => ({
    md5,
    sha1: sha1s[position] ?? null,
    sha256: sha256s[position] ?? null,
  }));
}

function keyOf({ seed, sizeBytes, index }: RecipeContent): string {
  return `${seed}/${sizeBytes}/${index}`;
}
