import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { atProcessEnd } from "../at-process-end.ts";
import { moduleBeside } from "../module-beside.ts";
import type { DigestNews, DigestWork } from "./digest-work.ts";
import type { DigestName } from "./digests-in-one-pass.ts";
import type { RecipeContent } from "./recipe-content.ts";

/**
 * Does the work of digestsInOnePass in a process of its own, so that the three digests of large contents are found side
 * by side while this one answers others, and the memory of a hundred thousand hash states goes with the process.
 *
 * @throws Error when the process ends without an answer, what went wrong being on standard error
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
  const child = fork(fileURLToPath(moduleBeside(import.meta.url, "digest-process")), {
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const forget = atProcessEnd(() => child.kill("SIGKILL"));
  const digests = new Promise<readonly string[]>((resolve, reject) => {
    child.on("message", (news) => {
      const told = news as DigestNews;
      if (told.kind === "hashed") onHashed(told.countBytes);
      else resolve(told.digests);
    });
    child.on("error", reject);
    child.on("exit", () =>
      reject(new Error(`The process that finds ${name} digests ended without an answer`)),
    );
  });
  child.send(work);
  try {
    return await digests;
  } finally {
    forget();
    if (child.connected) child.disconnect();
  }
}
