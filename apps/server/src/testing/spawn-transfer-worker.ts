import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { TransferLimits } from "../transfers/index.ts";
import type { TransferWorld } from "./start-transfer-world.ts";

/** A worker in an operating system process of its own. */
export interface WorkerProcess {
  /** Ends it as a crash would, with no chance to clean up. */
  kill(): Promise<void>;
}

/** Starts a worker in a process of its own; it takes chunks when this returns. */
export async function spawnTransferWorker(
  world: TransferWorld,
  params: { readonly limits?: Partial<TransferLimits> } = {},
): Promise<WorkerProcess> {
  const { clientId, clientSecret, issuer, apiRoot } = world.sandbox;
  const told = {
    ...params,
    blobDirectory: world.blobDirectory,
    sealingKey: world.sealingKey.toString("base64"),
    sandbox: { clientId, clientSecret, issuer, apiRoot },
    database: { connectionString: world.database.connectionString },
  };
  const script = fileURLToPath(new URL("transfer-worker.ts", import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(told)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  await Promise.race([
    once(child.stdout, "data"),
    exited.then(() => {
      throw new Error("the worker ended before it began");
    }),
  ]);
  return {
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
