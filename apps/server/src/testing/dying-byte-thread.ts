import { existsSync, writeFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";

/*
 * A thread that ends at its first task, and, when it is given a file to remember it by, works like the real one after that.
 */
const { marker } = workerData as { readonly marker?: string };
if (marker !== undefined && existsSync(marker)) {
  await import("../byte-thread.ts");
} else {
  parentPort?.once("message", () => {
    if (marker !== undefined) writeFileSync(marker, "");
    process.exit(1);
  });
}
