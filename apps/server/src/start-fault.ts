import { ConfigError } from "./config.ts";
import { EmbeddedPostgresError, MigrationError } from "./db/index.ts";
import { BootstrapError } from "./identity/index.ts";
import { DrivewayError } from "./platform/index.ts";
import { SandboxError } from "./start-sandbox.ts";

/** Their messages are sentences for the operator as they are. */
const SENTENCES = [ConfigError, EmbeddedPostgresError, MigrationError, BootstrapError, SandboxError];
/** What the operating system says of a port or a folder that is not ours to use. */
const REFUSALS = new Set([
  ...["EADDRINUSE", "EADDRNOTAVAIL", "EACCES", "EPERM"],
  ...["EROFS", "ENOSPC", "ENOTDIR", "EEXIST"],
]);

/** Why the start failed, as a sentence, when the operator can mend it; null for everything else, which keeps its stack. */
export function startFault(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (SENTENCES.some((kind) => error instanceof kind)) return error.message;
  if (error instanceof DrivewayError) {
    return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
  }
  const refused = "code" in error && typeof error.code === "string" && REFUSALS.has(error.code);
  return refused ? `Driveway cannot start: ${error.message}` : null;
}
