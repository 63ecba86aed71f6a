import { z } from "zod";
import { ConnectionId, Provider, Timestamp } from "./ids.ts";
import { REAUTH_REASONS } from "./reauth-reasons.ts";

/** Compared as it was sent, to the letter: a check that trims or reads it as an address would let other spellings in. */
const RedirectUri = z.string().min(1).max(2048).meta({ format: "uri" });
const State = z.string().min(1).max(512);

export const ProviderPath = z.strictObject({ provider: z.string().min(1).max(64) });

export const StartAuthRequest = z
  .strictObject({
    provider: z.string().min(1).max(64),
    redirect_uri: RedirectUri.optional(),
    return_url: z.string().optional().meta({
      description:
        "For a page without a popup: where the browser is sent with the result in the query. At most 2048 characters, its origin in ALLOWED_ORIGINS.",
    }),
  })
  .meta({ id: "StartAuthRequest" });

export const StartAuthReply = z
  .object({
    authorization_url: z.url(),
    state: State,
    provider: Provider,
    attempt_secret: z.string().nullable().meta({
      description:
        "What the callback page asks its opener for where no cookie comes along; null without an Origin or with a return_url.",
    }),
  })
  .meta({ id: "StartAuthReply" });
export type StartAuthReply = z.infer<typeof StartAuthReply>;

/** What the provider adds to the callback's address. Providers add parameters at will, so unknown ones are let through. */
export const CallbackQuery = z.object({
  code: z.string().max(2048).optional(),
  state: z.string().max(2048).optional(),
  error: z.string().max(2048).optional(),
  error_description: z.string().max(8192).optional(),
  iss: z.string().max(2048).optional(),
});
export type CallbackQuery = z.infer<typeof CallbackQuery>;

/** What the callback page sends on, with the secret that its opener gave it. */
export const FinishAuthInPopupRequest = z
  .strictObject({ ...CallbackQuery.shape, state: State, attempt_secret: z.string().min(1).max(512) })
  .meta({ id: "FinishAuthInPopupRequest" });

export const CompleteAuthRequest = z
  .strictObject({ code: z.string().min(1).max(2048), state: State, redirect_uri: RedirectUri.optional() })
  .meta({ id: "CompleteAuthRequest" });

/** A connection as the list and the programmatic callback tell it. */
export const Connection = z
  .object({
    id: ConnectionId,
    provider: Provider,
    provider_email: z.string(),
    provider_display_name: z.string(),
    is_active: z.boolean(),
    created_at: Timestamp,
    last_used_at: Timestamp.nullable(),
    needs_reauth_reason: z
      .string()
      .nullable()
      .meta({
        description: `Why the user must connect again; null while active. One of ${Object.keys(REAUTH_REASONS).join(", ")}; others may be added.`,
      }),
  })
  .meta({ id: "Connection" });
export type Connection = z.infer<typeof Connection>;

export const CompleteAuthReply = z
  .object({ connection: Connection, is_new: z.boolean() })
  .meta({ id: "CompleteAuthReply" });

/** A connection as the callback page posts it to its opener. */
export const OauthMessageConnection = z
  .object({
    id: ConnectionId,
    provider: Provider,
    provider_email: z.string(),
    provider_user_id: z.string(),
    display_name: z.string(),
    is_token_expired: z.boolean(),
  })
  .meta({ id: "OauthMessageConnection" });

/** The message that the callback page posts to its opener, and leaves on the BroadcastChannel `driveway-oauth`. */
export const OauthCompleteMessage = z
  .discriminatedUnion("success", [
    z.object({
      type: z.literal("oauth-complete"),
      success: z.literal(true),
      connection: OauthMessageConnection,
    }),
    z.object({
      type: z.literal("oauth-complete"),
      success: z.literal(false),
      error: z.string().meta({ description: "One sentence for the user." }),
      code: z.string().optional().meta({ description: "A stable error code." }),
    }),
  ])
  .meta({ id: "OauthCompleteMessage" });
export type OauthCompleteMessage = z.infer<typeof OauthCompleteMessage>;

export const AttemptPath = z.strictObject({ provider: z.string().min(1).max(64), state: State });

/** How an attempt ended, for a page whose popup lost its opener. */
export const AttemptReply = z
  .object({
    status: z.enum(["pending", "succeeded", "failed", "expired"]),
    result: OauthCompleteMessage.nullable().meta({
      description: "The callback's message; null until the attempt ends.",
    }),
  })
  .meta({ id: "AttemptReply" });
export type AttemptReply = z.infer<typeof AttemptReply>;
