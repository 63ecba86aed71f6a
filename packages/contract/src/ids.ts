import { z } from "zod";

/** An id of ours: a prefix that names the kind and a sortable suffix (TypeID). Longer than ours is refused, unknown is 404. */
const prefixed = (prefix: string, what: string) =>
  z
    .string()
    .max(90)
    .regex(
      new RegExp(`^${prefix}_[0-9A-Za-z]+$`),
      `must be the id of ${what}, like ${prefix}_01h455vb4pex5vsknk084sn02q`,
    );

export const ConnectionId = z.uuid().meta({ description: "A connection's id (UUID)." });
export const UserId = prefixed("usr", "a user");
export const InvitationId = prefixed("inv", "an invitation");
export const JobId = prefixed("job", "a job");
export const ImageId = prefixed("img", "an image");
export const CollectionId = prefixed("col", "a collection");
export const ApiKeyId = prefixed("key", "an API key");

/** A file's id at the provider; opaque, but never a path. */
export const ProviderFileId = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[A-Za-z0-9_-]+$/, "must be a file id of the provider: letters, digits, - and _");

/** A moment in UTC, ISO 8601 with Z. The year 0 is none that PostgreSQL knows, so it is refused here by name. */
export const Timestamp = z.iso
  .datetime()
  .refine((text) => !text.startsWith("0000"), "must not lie before the year 1");

/** A text that people typed. PostgreSQL cannot hold U+0000 in a text, so it is refused here by name. */
export const PlainText = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .refine((text) => !text.includes("\u0000"), "must not contain the NUL character");

export const Provider = z.enum(["google_drive"]).meta({ id: "Provider" });
export type Provider = z.infer<typeof Provider>;

/** A yes or no in a query string. */
export const QueryFlag = z.enum(["true", "false"]);
