import type { Principal } from "../identity/index.ts";
import type { ConnectionParts } from "./connection-parts.ts";
import type { Credentials } from "./credentials.ts";
import { parsePickerLook } from "./parse-picker-look.ts";
import { findPickerSession } from "./picker-session.ts";
import { asDrivewayErrors } from "./to-driveway-error.ts";

/**
 * Looks into a drive for a browser, without showing it the token.
 * @throws {DrivewayError} `picker_session_invalid`, `endpoint_not_allowed`, `parameter_not_allowed`, `REAUTH_REQUIRED`,
 *   and what the provider's refusals are called
 */
export async function pickerProxy(
  parts: ConnectionParts & { readonly credentials: Credentials },
  wanted: {
    readonly principal: Principal;
    readonly sessionId: string;
    readonly endpoint: string;
    readonly params: Readonly<Record<string, unknown>>;
    readonly signal?: AbortSignal;
  },
): Promise<unknown> {
  const connection = await findPickerSession(parts, wanted);
  const look = parsePickerLook(wanted.endpoint, wanted.params);
  const drive = await parts.credentials.driveFor({ ...connection, patience: "interactive" });
  return await asDrivewayErrors(() => drive.look(look, wanted.signal));
}
