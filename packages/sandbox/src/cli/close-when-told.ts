import type { Sandbox } from "../create-sandbox.ts";

/**
 * From now on the first signal closes in order, and then the process ends; a second one does not wait. Before there is a
 * sandbox there is nothing to close, and the process ends at once.
 *
 * @returns to be told of the sandbox once there is one
 */
export function closeWhenTold({ exitWithStdin }: { exitWithStdin: boolean }): (sandbox: Sandbox) => void {
  let ready: Sandbox | null = null;
  let closing = false;
  const close = (): void => {
    if (closing) process.exit(130);
    if (ready === null) process.exit(0);
    closing = true;
    void ready.close().then(() => process.exit(0));
  };
  process.on("SIGINT", close);
  process.on("SIGTERM", close);
  if (exitWithStdin) {
    process.stdin.on("close", close).resume();
  }
  return (sandbox) => {
    ready = sandbox;
  };
}
