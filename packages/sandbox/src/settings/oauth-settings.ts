import { z } from "zod";

/** How this Google treats the people and the client that come to it. */
export const OAuthSettings = z.strictObject({
  /** An external app in testing gets refresh tokens that live for seven days. */
  publishing: z.enum(["production", "testing"]).default("production"),
});
