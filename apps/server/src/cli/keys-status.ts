import { countSealed, type SealedCount } from "../db/index.ts";
import type { Command, CommandResult } from "./command.ts";
import { withSealedValues } from "./open-sealed-values.ts";
import { valuesText } from "./values-text.ts";

/** Says which keys the sealed values need. Opens none of them. */
export const keysStatus: Command = {
  name: "keys status",
  summary: "counts sealed values by table and key, and says which keys are needed",
  options: {},
  optionLines: [],
  run: (context) =>
    withSealedValues(context, async ({ keyring, queries }) =>
      describeStatus(keyring.keyIds, await countSealed(queries)),
    ),
};

/**
 * What the counts mean for the configured keys.
 * @param keyIds the configured keys, the sealing one first
 */
function describeStatus(
  keyIds: readonly [string, ...string[]],
  counts: readonly SealedCount[],
): CommandResult {
  const [sealingKey] = keyIds;
  const valuesOf = (id: string) =>
    counts.filter(({ keyId }) => keyId === id).reduce((sum, { values }) => sum + values, 0);
  const keys = keyIds.map((id) => ({
    id,
    values: valuesOf(id),
    needed: id === sealingKey || valuesOf(id) > 0,
  }));
  const missing = [...new Set(counts.map(({ keyId }) => keyId))].filter((id) => !keyIds.includes(id));
  const tables = counts.map(({ table, keyId, values }) => ({ table, key_id: keyId, values }));
  const lines = [
    ...(counts.length === 0 ? ["Nothing is sealed."] : [tableLine("table", "key", "values")]),
    ...counts.map(({ table, keyId, values }) => tableLine(table, keyId, values)),
    "",
    ...keys.map(keyLine(sealingKey)),
    ...missing.map((id) => `${id}: NOT CONFIGURED; sealed with it: ${valuesText(valuesOf(id))}`),
  ];
  return {
    text: lines.join("\n"),
    json: { sealing_key: sealingKey, keys, tables, missing_keys: missing },
    exitCode: missing.length > 0 ? 1 : 0,
  };
}

function tableLine(table: string, keyId: string, values: number | "values"): string {
  return `${table.padEnd(22)} ${keyId.padEnd(32)} ${values}`;
}

function keyLine(sealingKey: string) {
  return ({ id, values }: { readonly id: string; readonly values: number }): string => {
    if (id === sealingKey) return `${id}: seals new values, and opens ${valuesText(values)}`;
    return values > 0 ? `${id}: still needed by ${valuesText(values)}` : `${id}: not needed any more`;
  };
}
