import { z } from "zod";
import { InvitationId, PlainText, Timestamp, UserId } from "./ids.ts";

export const Role = z.enum(["admin", "member"]).meta({ id: "Role" });
export type Role = z.infer<typeof Role>;

/** Somebody in the workspace. */
export const Member = z
  .object({
    id: UserId,
    email: z.string().nullable(),
    display_name: z.string(),
    role: Role,
    signs_in: z.boolean().meta({ description: "Whether they have an account of the console." }),
    created_at: Timestamp,
  })
  .meta({ id: "Member" });
export type Member = z.infer<typeof Member>;

export const MemberPath = z.strictObject({ user_id: UserId });
export const MemberReply = z.object({ member: Member }).meta({ id: "MemberReply" });

export const ListMembersQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: UserId.optional(),
});

export const ListMembersReply = z
  .object({ members: z.array(Member), next_cursor: z.string().nullable() })
  .meta({ id: "ListMembersReply" });

export const UpdateMemberRequest = z.strictObject({ role: Role }).meta({ id: "UpdateMemberRequest" });

export const RemoveMemberQuery = z.strictObject({
  images: z
    .enum(["keep", "delete"])
    .default("keep")
    .meta({ description: "What becomes of the images that they brought into the library." }),
});

export const RemoveMemberReply = z
  .object({ success: z.literal(true), message: z.string() })
  .meta({ id: "RemoveMemberReply" });

/** An invitation that is open. */
export const Invitation = z
  .object({
    id: InvitationId,
    email: z.string(),
    role: Role,
    created_by: UserId,
    created_at: Timestamp,
    expires_at: Timestamp,
  })
  .meta({ id: "Invitation" });
export type Invitation = z.infer<typeof Invitation>;

export const InvitationPath = z.strictObject({ invitation_id: InvitationId });

export const CreateInvitationRequest = z
  .strictObject({ email: z.email().max(320), role: Role })
  .meta({ id: "CreateInvitationRequest" });

export const CreateInvitationReply = z
  .object({
    invitation: Invitation,
    token: z.string().meta({ description: "Shown this once; only its SHA-256 is kept." }),
    accept_url: z.url().meta({ description: "The page that accepts it, with the token in the fragment." }),
  })
  .meta({ id: "CreateInvitationReply" });

export const ListInvitationsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: InvitationId.optional(),
});

export const ListInvitationsReply = z
  .object({ invitations: z.array(Invitation), next_cursor: z.string().nullable() })
  .meta({ id: "ListInvitationsReply" });

export const RevokeInvitationReply = z
  .object({ success: z.literal(true), message: z.string() })
  .meta({ id: "RevokeInvitationReply" });

export const AcceptInvitationRequest = z
  .strictObject({
    token: z.string().min(1).max(200),
    display_name: PlainText(200),
    password: z.string().min(12).max(128),
  })
  .meta({ id: "AcceptInvitationRequest" });

/** Who joined, and where. They sign in with the address and the password that they chose. */
export const AcceptInvitationReply = z
  .object({ member: Member, workspace: z.object({ id: z.string(), name: z.string() }) })
  .meta({ id: "AcceptInvitationReply" });

export const DeleteWorkspaceRequest = z
  .strictObject({ confirm: z.string().meta({ description: "The name of the workspace." }) })
  .meta({ id: "DeleteWorkspaceRequest" });

export const DeleteWorkspaceReply = z
  .object({ success: z.literal(true), message: z.string() })
  .meta({ id: "DeleteWorkspaceReply" });
