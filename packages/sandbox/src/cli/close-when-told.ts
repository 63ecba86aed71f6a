import type { Sandbox } from "../create-sandbox.ts";

/**
 * The first signal closes in order, also while still starting, and then the process ends; a second one does not wait.
 */
export function closeWhenTold(
  starting: Promise<Sandbox>,
  { exitWithStdin }: { exitWithStdin: boolean },
): void {
  let closing = false;
  const close = (): void => {
    if (closing) {
      process.exit(130);
    }
    closing = true;
    void starting.then((sandbox) => sandbox.close()).then(() => process.exit(0));
  };
  process.on("SIGINT", close);
  process.on("SIGTERM", close);
  if (exitWithStdin) {
    process.stdin.on("close", close).resume();
  }
}
