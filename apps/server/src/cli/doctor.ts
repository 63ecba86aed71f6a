import { join } from "node:path";
import { createDiskBlobStore } from "../blobs/index.ts";
import { type Config, ConfigError, readConfig } from "../config.ts";
import { connectDatabase, migrationState } from "../db/index.ts";
import { readGeneratedKey } from "../encryption-keys.ts";
import { checkConsistency, checkOauth, type Finding, finding, quickChecks } from "../keeping/index.ts";
import { createLog } from "../platform/index.ts";
import type { Command, CommandContext, CommandResult } from "./command.ts";
import { CommandError } from "./command-error.ts";
import { asCommandError, joinEmbedded } from "./open-sealed-values.ts";

/** Says what keeps the service from its work, and with `--deep` what does not fit together. Changes nothing. */
export const doctor: Command = {
  name: "doctor",
  summary: "says what keeps the service from its work, and what does not fit together",
  options: { deep: { type: "boolean" }, verify: { type: "boolean" } },
  optionLines: [
    "  --deep   compares all rows with blobs, counters with items; may take long",
    "  --verify with --deep: reads every blob and compares its content",
  ],
  async run(context) {
    const { deep, verify } = context.options;
    if (verify === true && deep !== true) {
      throw new CommandError("--verify goes with --deep; driveway doctor --help tells what they do.", 2);
    }
    return describeFindings(await examine(context));
  },
};

async function examine(context: CommandContext): Promise<readonly Finding[]> {
  const config = readOrFind(context.environment);
  if (!("dataDir" in config)) return config;
  const oauth = config.google === null ? [] : checkOauth(config.google.issuer);
  const inside = await examineDatabase(config, context);
  return [...inside, ...(await oauth)];
}

function readOrFind(environment: CommandContext["environment"]): Config | readonly Finding[] {
  try {
    return readConfig(environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map((fault) => {
      const [name = "", ...sentence] = fault.split(": ");
      return finding("configuration_wrong", name, `It ${sentence.join(": ")}.`);
    });
  }
}

async function examineDatabase(config: Config, context: CommandContext): Promise<readonly Finding[]> {
  const opened = new AsyncDisposableStack();
  try {
    const connectionString = config.databaseUrl ?? (await joinEmbedded(config, opened));
    const database = connectDatabase({
      connectionString,
      poolSize: 4,
      applicationName: "driveway doctor",
      log: createLog({ level: "error", pretty: process.stderr.isTTY }),
    });
    opened.defer(() => database.close());
    const outdated = await findOutdated(database.pool);
    if (outdated.length > 0) return outdated;
    const blobs = createDiskBlobStore({ directory: join(config.dataDir, "blobs") });
    const keys = config.encryptionKeys ?? (await readGeneratedKey(config.dataDir)) ?? [];
    const parts = { db: database.db, queries: database.pool, blobs, keyIds: keys.map(({ id }) => id) };
    const findings = [...(await quickChecks(parts))];
    if (context.options.deep !== true) return findings;
    const options = { now: Date.now(), verify: context.options.verify === true };
    for await (const one of checkConsistency({ ...parts, signal: context.signal }, options))
      findings.push(one);
    return findings;
  } catch (error) {
    context.signal.throwIfAborted();
    const known = asCommandError(error);
    if (!(known instanceof CommandError)) throw error;
    return [finding("database_unreachable", "the database", known.message)];
  } finally {
    await opened.disposeAsync();
  }
}

async function findOutdated(queries: Parameters<typeof migrationState>[0]): Promise<readonly Finding[]> {
  const { applied, known } = await migrationState(queries);
  if (applied === known) return [];
  const sentence = `It is at schema version ${applied}, and this Driveway knows ${known}.`;
  return [finding(applied < known ? "database_not_migrated" : "database_newer", "the database", sentence)];
}

function describeFindings(findings: readonly Finding[]): CommandResult {
  const lines = findings.map(
    ({ code, subject, message, advice }) => `${code}: ${subject}. ${message} ${advice}`,
  );
  return {
    text: lines.length === 0 ? "Nothing found." : lines.join("\n"),
    json: { findings },
    exitCode: findings.length === 0 ? 0 : 1,
  };
}
