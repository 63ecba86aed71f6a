import { Worker } from "node:worker_threads";
import { moduleBeside } from "../module-beside.ts";
import type { DigestNews, DigestWork } from "./digest-work.ts";
import type { DigestName } from "./digests-in-one-pass.ts";
import type { RecipeContent } from "./recipe-content.ts";

/**
 * Does the work of digestsInOnePass in a thread of its own, so that the three digests of large contents are found side
 * by side while the process answers others.
 *
 * @throws what the thread throws
 */
export async function digestApart(
  name: DigestName,
  contents: readonly RecipeContent[],
  onHashed: (countBytes: number) => void,
): Promise<readonly string[]> {
  const work: DigestWork = {
    name,
    seed: contents[0]?.seed ?? 0,
    sizesBytes: Float64Array.from(contents, ({ sizeBytes }) => sizeBytes),
    indexes: Float64Array.from(contents, ({ index }) => index),
  };
  const worker = new Worker(moduleBeside(import.meta.url, "digest-worker"), {
    workerData: work,
    execArgv: [],
  });
  return await new Promise((resolve, reject) => {
    worker.on("message", (news: DigestNews) => {
      if (news.kind === "hashed") onHashed(news.countBytes);
      else resolve(news.digests);
    });
    worker.on("error", reject);
    worker.on("exit", () =>
      reject(new Error(`The thread that finds ${name} digests ended without an answer`)),
    );
  });
}
