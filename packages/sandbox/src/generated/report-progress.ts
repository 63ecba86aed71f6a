/** Below this nobody has to wait for long enough to wonder. */
const LEAST_REPORTED_BYTES = 4 * 1024 ** 3;
const REPORT_EVERY_MS = 5000;

/**
 * Tells on standard error how far work has come that takes a while.
 *
 * @param what names the work, with how much it is
 * @param totalBytes how many bytes there are to work through, each as often as it is
 * @returns to be told how many more of them are done
 */
export function reportProgress(what: string, totalBytes: number): (countBytes: number) => void {
  let doneBytes = 0;
  let toldAtMs = performance.now();
  return (countBytes) => {
    doneBytes += countBytes;
    const nowMs = performance.now();
    if (totalBytes < LEAST_REPORTED_BYTES || nowMs - toldAtMs < REPORT_EVERY_MS) return;
    toldAtMs = nowMs;
    process.stderr.write(`${what}: ${Math.floor((doneBytes / totalBytes) * 100)} %\n`);
  };
}
