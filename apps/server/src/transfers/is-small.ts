import type { TransferLimits } from "./transfer-limits.ts";

/** What a file counts whose size nobody told. */
const UNKNOWN_SIZE_BYTES = 8 * 1024 * 1024;

/** Whether an import is so small that its request waits for it: few files, and not many bytes as far as is known. */
export function isSmall(
  files: readonly { readonly sizeBytes: number | null }[],
  limits: Pick<TransferLimits, "syncMaxFiles" | "syncMaxBytes">,
): boolean {
  if (files.length > limits.syncMaxFiles) return false;
  const bytes = files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? UNKNOWN_SIZE_BYTES), 0);
  return bytes <= limits.syncMaxBytes;
}
