import { and, eq } from "drizzle-orm";
import { users } from "../db/index.ts";
import type { UserRef } from "../identity/index.ts";
import { type DepartureParts, LOOK_AGAIN_SECONDS } from "./departure-parts.ts";

/**
 * Clears away what a user left who is gone: jobs with their items and half-written blobs, and the images that they
 * brought in if those are to go. May be repeated, also from the middle.
 */
export async function eraseUser(
  parts: DepartureParts,
  message: UserRef & { readonly withImages: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { tenantId, userId, withImages } = message;
  const [present] = await parts.db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.tenantId, tenantId), eq(users.id, userId)));
  if (present !== undefined) {
    parts.log.error({ tenantId, userId }, "a user is not erased who is still there");
    return;
  }
  if (withImages) await parts.library.deleteImages({ tenantId, createdBy: userId, signal });
  if (await parts.transfers.eraseJobs({ tenantId, userId, signal })) return;
  await parts.queue.send(parts.db, "erase-user", message, { startAfterSeconds: LOOK_AGAIN_SECONDS });
}
