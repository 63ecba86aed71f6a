import { z } from "zod";
import { Timestamp } from "./ids.ts";

export const SignInRequest = z
  .strictObject({ email: z.email().max(320), password: z.string().min(1).max(1024) })
  .meta({ id: "SignInRequest" });

/** A browser's session: the reply of signing in and of asking for it. Both are null when nobody is signed in. */
export const SessionReply = z
  .object({
    user: z.object({ id: z.string(), email: z.string().nullable(), display_name: z.string() }).nullable(),
    expires_at: Timestamp.nullable(),
  })
  .meta({ id: "SessionReply" });
export type SessionReply = z.infer<typeof SessionReply>;

export const SignOutReply = z.object({ success: z.literal(true) }).meta({ id: "SignOutReply" });

/** Who is asking: the reply of GET /api/v2/me. */
export const PrincipalReply = z
  .object({
    user: z.object({ id: z.string(), email: z.string().nullable(), display_name: z.string() }),
    workspace: z.object({ id: z.string(), name: z.string() }),
    scopes: z.array(z.string()),
  })
  .meta({ id: "PrincipalReply" });
export type PrincipalReply = z.infer<typeof PrincipalReply>;
