const EVERY_MS = 1_000;

/** Passes the newest of many numbers on, once a second at most and not within the first. */
export function reportNowAndThen(report: (bytes: number) => void): (bytes: number) => void {
  let lastMs = performance.now();
  return (bytes) => {
    const nowMs = performance.now();
    if (nowMs - lastMs < EVERY_MS) return;
    lastMs = nowMs;
    report(bytes);
  };
}
