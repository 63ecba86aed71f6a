import type { Member as MemberReply } from "@driveway/contract";
import type { Member } from "../../identity/index.ts";

/** A member as the API tells it. */
export function presentMember(member: Member): MemberReply {
  return {
    id: member.id,
    email: member.email,
    display_name: member.displayName,
    role: member.role,
    signs_in: member.signsIn,
    created_at: member.createdAt.toISOString(),
  };
}
