import { countSealed, type Queries } from "./db/index.ts";
import type { Keyring, Log } from "./platform/index.ts";

/**
 * Says in the log which keys are not configured although values need them. The service runs all the same: what those
 * values are for is answered with `sealing_key_missing` until the keys are back.
 */
export async function warnOfMissingKeys(params: {
  readonly queries: Queries;
  readonly keyring: Keyring;
  readonly log: Log;
}): Promise<void> {
  const { keyring, log } = params;
  const missing = new Map<string, number>();
  const counts = await countSealed(params.queries).catch((err: unknown) => {
    log.warn({ err }, "what is sealed could not be counted; whether a key is missing is not known");
    return [];
  });
  for (const { keyId, values } of counts) {
    if (keyring.keyIds.includes(keyId)) continue;
    missing.set(keyId, (missing.get(keyId) ?? 0) + values);
  }
  if (missing.size === 0) return;
  log.error(
    { keyIds: [...missing.keys()], values: Object.fromEntries(missing), configured: keyring.keyIds },
    "values are sealed with keys that are not configured: put these keys back into ENCRYPTION_KEYS (driveway keys status)",
  );
}
