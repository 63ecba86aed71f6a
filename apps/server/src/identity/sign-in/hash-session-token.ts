import { hashSecret } from "../../platform/index.ts";

/** What of a session's token rests in the database: its SHA-256 in hex. Cookies alone hold the token itself. */
export function hashSessionToken(token: string): string {
  return hashSecret(token).toString("hex");
}
