import type { Principal } from "../identity/index.ts";
import { type Clock, DrivewayError } from "../platform/index.ts";
import type { Credentials } from "./credentials.ts";
import { parsePickerLook } from "./parse-picker-look.ts";
import type { FindPickerSession } from "./picker-session.ts";
import { asDrivewayErrors } from "./to-driveway-error.ts";

/**
 * Looks into a drive for a browser, without showing it the token.
 * @throws {DrivewayError} `picker_session_invalid`, `endpoint_not_allowed`, `parameter_not_allowed`, `REAUTH_REQUIRED`,
 *   and what the provider's refusals are called
 */
export async function pickerProxy(
  parts: {
    readonly clock: Clock;
    readonly credentials: Credentials;
    readonly findPickerSession: FindPickerSession;
  },
  wanted: {
    readonly principal: Principal;
    readonly sessionId: string;
    readonly endpoint: string;
    readonly params: Readonly<Record<string, unknown>>;
    readonly signal?: AbortSignal;
  },
): Promise<unknown> {
  const connection = await parts.findPickerSession({ ...wanted, now: new Date(parts.clock.now()) });
  if (connection === null) {
    throw new DrivewayError(
      "picker_session_invalid",
      "The picker session is unknown or has ended. Open a new one.",
    );
  }
  const look = parsePickerLook(wanted.endpoint, wanted.params);
  const drive = await parts.credentials.driveOf(connection, { kind: "interactive" });
  return await asDrivewayErrors(() => drive.look(look, wanted.signal));
}
