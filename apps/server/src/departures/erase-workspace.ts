import { eq } from "drizzle-orm";
import { users } from "../db/index.ts";
import { isToBeDeleted } from "../identity/index.ts";
import { deleteTenant } from "./delete-tenant.ts";
import { type DepartureParts, LOOK_AGAIN_SECONDS } from "./departure-parts.ts";
import { takeOutUser } from "./take-out-user.ts";

const USERS_PER_LOOK = 100;

/**
 * Clears a workspace away that is marked as to be deleted: its users with their grants, then jobs, images and blobs, at
 * last its own row. May be repeated, also from the middle; the row that is left last says that there is more to do.
 */
export async function eraseWorkspace(
  parts: DepartureParts,
  message: { readonly tenantId: string },
  signal: AbortSignal,
): Promise<void> {
  const { tenantId } = message;
  if (!(await isToBeDeleted(parts.db, tenantId))) return;
  await takeOutUsers(parts, tenantId, signal);
  const areJobsGone = await parts.transfers.eraseJobs({ tenantId, userId: null, signal });
  await parts.library.deleteImages({ tenantId, createdBy: null, signal });
  if (areJobsGone && (await deleteTenant(parts.db, { tenantId, signal }))) {
    parts.log.info({ tenantId }, "a workspace was deleted");
    return;
  }
  await parts.queue.send(parts.db, "erase-workspace", message, { startAfterSeconds: LOOK_AGAIN_SECONDS });
}

async function takeOutUsers(parts: DepartureParts, tenantId: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const found = await parts.db
      .select({ id: users.id })
      .from(users)
      .where(eq(users.tenantId, tenantId))
      .limit(USERS_PER_LOOK);
    if (found.length === 0) return;
    for (const { id } of found) {
      signal.throwIfAborted();
      await takeOutUser(parts, {
        user: { tenantId, userId: id },
        actor: "system",
        before: async () => {},
        after: async () => {},
      });
    }
  }
}
