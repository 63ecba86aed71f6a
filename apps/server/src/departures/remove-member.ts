import { lockRoles, type Principal, recordEvent, requireOtherAdmin } from "../identity/index.ts";
import type { DepartureParts } from "./departure-parts.ts";
import { takeOutUser } from "./take-out-user.ts";

/**
 * Removes a member of the actor's workspace with what was theirs. Their credentials and tokens are gone when this
 * returns; their jobs, and with `withImages` the images that they brought in, go in the background: the queue has the
 * message with the same commit.
 * @throws {DrivewayError} `member_not_found`, `last_admin`
 */
export async function removeMember(
  parts: DepartureParts,
  wanted: { readonly actor: Principal; readonly userId: string; readonly withImages: boolean },
): Promise<void> {
  const { actor, userId, withImages } = wanted;
  const { tenantId } = actor;
  const user = { tenantId, userId };
  await takeOutUser(parts, {
    user,
    actor,
    async before(tx) {
      await lockRoles(tx, tenantId);
      return requireOtherAdmin(tx, user);
    },
    async after(tx, { role }) {
      await parts.queue.send(tx, "erase-user", { ...user, withImages });
      const target = { kind: "user", id: userId } as const;
      const details = { role, images: withImages ? "deleted" : "kept" };
      await recordEvent({ ...parts, db: tx }, { tenantId, action: "member.removed", actor, target, details });
    },
  });
}
