import { createHash } from "node:crypto";
import { bodyOf } from "./body-of.ts";
import type { RecipeContent } from "./recipe-content.ts";

/** The digests that Drive tells. */
export type DigestName = "md5" | "sha1" | "sha256";

/**
 * One digest of many contents of one seed, in lower-case hexadecimal and in their order. What they have in common is
 * read once: the state of the hash is forked where each of them leaves the body.
 *
 * @param onHashed told now and then how many bytes have been hashed since it was told last, and waited for
 */
export async function digestsInOnePass(
  name: DigestName,
  contents: readonly RecipeContent[],
  onHashed: (countBytes: number) => void | Promise<void> = () => {},
): Promise<string[]> {
  const digests = new Array<string>(contents.length).fill("");
  const hash = createHash(name);
  let hashedBytes = 0;
  for (const position of byBodyLength(contents)) {
    const content = contents[position];
    if (content === undefined) continue;
    for (const piece of bodyOf(content.seed).read({ start: hashedBytes, end: content.bodyBytes })) {
      hash.update(piece);
      await onHashed(piece.byteLength);
    }
    hashedBytes = content.bodyBytes;
    digests[position] = hash.copy().update(content.tail()).digest("hex");
  }
  return digests;
}

function byBodyLength(contents: readonly RecipeContent[]): number[] {
  const lengthAt = (position: number) => contents[position]?.bodyBytes ?? 0;
  return [...contents.keys()].sort((left, right) => lengthAt(left) - lengthAt(right));
}
