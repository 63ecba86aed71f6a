import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox, type Sandbox, type SandboxOptions } from "@driveway/sandbox";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

/** What the processes of one test share. */
export interface TransferWorld {
  readonly sandbox: Sandbox;
  readonly database: TestDatabase;
  readonly blobDirectory: string;
  readonly sealingKey: Buffer;
  stop(): Promise<void>;
}

/** Starts a sandbox with empty drives, unless told otherwise, and makes a database and a blob folder. */
export async function startTransferWorld(options: SandboxOptions = {}): Promise<TransferWorld> {
  const [database, sandbox, blobDirectory] = await Promise.all([
    createTestDatabase(),
    createSandbox({ library: "none", ...options }),
    mkdtemp(join(tmpdir(), "driveway-transfers-")),
  ]);
  return {
    database,
    sandbox,
    blobDirectory,
    sealingKey: randomBytes(32),
    async stop() {
      await sandbox.close();
      await database.drop();
      await rm(blobDirectory, { recursive: true, force: true });
    },
  };
}
