import { markDeletion, type Principal } from "../identity/index.ts";
import type { DepartureParts } from "./departure-parts.ts";

/**
 * Has the actor's workspace deleted with all that is in it. No credential of it is accepted when this returns; the rest
 * goes in the background.
 * @param wanted.confirm the name of the workspace
 * @throws {DrivewayError} `confirmation_mismatch`
 */
export async function deleteWorkspace(
  parts: DepartureParts,
  wanted: { readonly actor: Principal; readonly confirm: string },
): Promise<void> {
  const { tenantId, userId } = wanted.actor;
  await parts.db.transaction(async (tx) => {
    await markDeletion(tx, parts, wanted);
    await parts.queue.send(tx, "erase-workspace", { tenantId });
  });
  // The workspace's own audit log goes with it; the operator's log is what stays.
  parts.log.info({ tenantId, userId }, "a workspace is to be deleted");
}
