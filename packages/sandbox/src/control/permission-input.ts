import { z } from "zod";
import type { DriveStore } from "../drive/index.ts";

/** What is given to whom, as a Drive takes it. */
type NewPermission = Parameters<DriveStore["shareFile"]>[1];

const Email = z.string().regex(/^[^\s@]+@[^\s@]+$/, "not an e-mail address");
const Grantee = z.discriminatedUnion("type", [
  z.strictObject({ type: z.enum(["user", "group"]), emailAddress: Email }),
  z.strictObject({ type: z.literal("domain"), domain: z.string().min(1), allowFileDiscovery: z.boolean() }),
  z.strictObject({ type: z.literal("anyone"), allowFileDiscovery: z.boolean() }),
]);

/** A role for a person by `email`, or for whoever `to` says. */
export const PermissionInput = z
  .strictObject({
    role: z.enum(["reader", "commenter", "writer", "fileOrganizer", "organizer"]),
    email: z.exactOptional(Email),
    to: z.exactOptional(Grantee),
  })
  .transform(({ role, email, to }, context): NewPermission => {
    if (email !== undefined && to === undefined) return { role, email };
    if (email === undefined && to !== undefined) return { role, to };
    context.addIssue("one of email and to has to be there");
    return z.NEVER;
  });
