import { setImmediate as nextTurn } from "node:timers/promises";
import type { DigestNews, DigestWork } from "./digest-work.ts";
import { digestsInOnePass } from "./digests-in-one-pass.ts";
import { RecipeContent } from "./recipe-content.ts";

const NEWS_EVERY_BYTES = 256 * 1024 * 1024;
/** Hashed in a tenth of a second or so. */
const TURN_EVERY_BYTES = 64 * 1024 * 1024;

/** The program of the processes that digest-apart.ts starts: it is told its work once, and ends with who started it. */
async function main({ name, seed, sizesBytes, indexes }: DigestWork): Promise<void> {
  const contents = Array.from(
    sizesBytes,
    (sizeBytes, at) => new RecipeContent({ seed, sizeBytes, index: indexes[at] ?? 0 }),
  );
  let untoldBytes = 0;
  let unheardBytes = 0;
  const digests = await digestsInOnePass(name, contents, async (countBytes) => {
    untoldBytes += countBytes;
    unheardBytes += countBytes;
    if (untoldBytes >= NEWS_EVERY_BYTES) {
      tell({ kind: "hashed", countBytes: untoldBytes });
      untoldBytes = 0;
    }
    if (unheardBytes < TURN_EVERY_BYTES) return;
    unheardBytes = 0;
    // Only between two turns does the process hear that nobody waits for it any more.
    await nextTurn();
  });
  tell({ kind: "done", digests });
}

function tell(news: DigestNews): void {
  process.send?.(news);
}

process.once("message", (work) => void main(work as DigestWork));
process.once("disconnect", () => process.exit());
