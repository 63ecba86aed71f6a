import type { Library } from "../../library/index.ts";
import { DrivewayError } from "../../platform/index.ts";
import type { TransferLimits } from "../transfer-limits.ts";

/**
 * Refuses an import whose known sizes do not fit into what is left of the tenant's storage, and any when nothing is left.
 * Files of unknown size are seen to when they are there.
 * @throws {DrivewayError} `storage_quota_exceeded`
 */
export async function requireStorage(
  parts: {
    readonly library: Pick<Library, "readStoredBytes">;
    readonly limits: Pick<TransferLimits, "storageQuotaBytes">;
  },
  order: { readonly tenantId: string; readonly requestedBytes: number },
): Promise<void> {
  const { requestedBytes } = order;
  const quotaBytes = parts.limits.storageQuotaBytes;
  if (quotaBytes === 0) return;
  const storedBytes = await parts.library.readStoredBytes(order.tenantId);
  if (storedBytes < quotaBytes && storedBytes + requestedBytes <= quotaBytes) return;
  const sentence =
    "The workspace's storage has no room for these files; delete images, or ask its operator for more.";
  throw new DrivewayError("storage_quota_exceeded", sentence, {
    details: { quota_bytes: quotaBytes, stored_bytes: storedBytes, requested_bytes: requestedBytes },
  });
}
