import { countSealed, resealAll, type ResealReport, type SealedCount } from "../db/index.ts";
import type { Command, CommandContext, CommandResult } from "./command.ts";
import { CommandError } from "./command-error.ts";
import { type SealedValues, withSealedValues } from "./open-sealed-values.ts";
import { valuesText } from "./values-text.ts";

/** A pass that finds values of older keys again is followed by another: a node may seal with its own first key. */
const MOST_PASSES = 3;

/** Seals every value anew with the first key, while the service goes on. Can be stopped and begun again at any moment. */
export const keysRotate: Command = {
  name: "keys rotate",
  summary: "seals everything anew with the first key of ENCRYPTION_KEYS",
  options: {},
  optionLines: [],
  run: (context) => withSealedValues(context, (values) => rotate(values, context)),
};

interface Rotation {
  readonly sealingKey: string;
  readonly resealed: ReadonlyMap<string, number>;
  readonly unopened: ResealReport["unopened"];
  /** What other keys still seal, whether it opens or not. */
  readonly left: readonly SealedCount[];
}

async function rotate({ keyring, queries }: SealedValues, context: CommandContext): Promise<CommandResult> {
  const [sealingKey] = keyring.keyIds;
  const resealed = new Map<string, number>();
  for (let pass = 1; ; pass += 1) {
    const report = await resealAll({ queries, keyring, signal: context.signal }).catch(interrupted(context));
    for (const [table, values] of report.resealed) {
      resealed.set(table, (resealed.get(table) ?? 0) + values);
    }
    const left = (await countSealed(queries)).filter(({ keyId }) => keyId !== sealingKey);
    const isThrough = left.every((count) => isUnopened(report, count));
    if (isThrough || pass === MOST_PASSES) {
      return describeRotation({ sealingKey, resealed, unopened: report.unopened, left });
    }
  }
}

function isUnopened({ unopened }: ResealReport, { table, keyId, values }: SealedCount): boolean {
  return unopened.some((one) => one.table === table && one.keyId === keyId && one.values >= values);
}

function interrupted(context: CommandContext) {
  return (error: unknown): never => {
    if (!context.signal.aborted) throw error;
    throw new CommandError("Stopped. What was sealed anew stays so; run it again for the rest.");
  };
}

function describeRotation(rotation: Rotation): CommandResult {
  const { sealingKey, resealed, unopened, left } = rotation;
  const waiting = left.filter((count) => !isUnopened({ resealed, unopened }, count));
  const isDone = unopened.length === 0 && waiting.length === 0;
  const changed = [...resealed].filter(([, values]) => values > 0);
  const lines = [
    changed.length === 0 ? "Nothing was sealed anew." : `Sealed anew with "${sealingKey}":`,
    ...changed.map(([table, values]) => `  ${table.padEnd(22)} ${values}`),
    ...unopened.map(
      ({ table, keyId, values }) =>
        `${table}: left as they are, since they do not open with the key "${keyId}": ${valuesText(values)}.`,
    ),
    ...waiting.map(
      ({ table, keyId, values }) =>
        `${table}: sealed with "${keyId}" again and again: ${valuesText(values)}.`,
    ),
    ...(waiting.length > 0
      ? ["Some node still seals with an older key: make the new one first on all."]
      : []),
    isDone ? `All values open with "${sealingKey}" alone; no other key is needed.` : "Keep the older keys.",
  ];
  return { text: lines.join("\n"), json: jsonOf(rotation), exitCode: isDone ? 0 : 1 };
}

function jsonOf({ sealingKey, resealed, unopened, left }: Rotation) {
  const present = ({ table, keyId, values }: SealedCount) => ({ table, key_id: keyId, values });
  return {
    sealing_key: sealingKey,
    resealed: Object.fromEntries(resealed),
    unopened: unopened.map(present),
    left: left.map(present),
  };
}
