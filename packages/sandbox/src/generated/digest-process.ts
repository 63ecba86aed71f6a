import type { DigestNews, DigestWork } from "./digest-work.ts";
import { digestsInOnePass } from "./digests-in-one-pass.ts";
import { RecipeContent } from "./recipe-content.ts";

const NEWS_EVERY_BYTES = 256 * 1024 * 1024;

/** The program of the processes that digest-apart.ts starts: it is told its work once, and ends with who started it. */
function main({ name, seed, sizesBytes, indexes }: DigestWork): void {
  const contents = Array.from(
    sizesBytes,
    (sizeBytes, at) => new RecipeContent({ seed, sizeBytes, index: indexes[at] ?? 0 }),
  );
  let untoldBytes = 0;
  const digests = digestsInOnePass(name, contents, (countBytes) => {
    untoldBytes += countBytes;
    if (untoldBytes < NEWS_EVERY_BYTES) return;
    tell({ kind: "hashed", countBytes: untoldBytes });
    untoldBytes = 0;
  });
  tell({ kind: "done", digests });
}

function tell(news: DigestNews): void {
  process.send?.(news);
}

process.once("message", (work) => main(work as DigestWork));
process.once("disconnect", () => process.exit());
