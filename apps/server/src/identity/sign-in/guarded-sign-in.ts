import { DrivewayError } from "../../platform/index.ts";
import type { AttemptGuard } from "../rate-limits/guard-attempts.ts";
import type { SignInEvents } from "./sign-in-events.ts";
import { type SessionAnswer, type SignInParams, signIn } from "./sign-in.ts";

/**
 * Signs somebody in who has not failed too often, and tells the audit log how it went.
 * @throws {DrivewayError} `invalid_credentials`, `rate_limited` before the password is looked at, `overloaded`
 */
export async function guardedSignIn(
  parts: Parameters<typeof signIn>[0] & { readonly guard: AttemptGuard; readonly events: SignInEvents },
  params: SignInParams,
): Promise<SessionAnswer> {
  const { events } = parts;
  const { email, client } = params;
  const attempt = {
    address: client.address,
    email,
    failures: ["invalid_credentials"] as const,
    onRefused: () => events.failed(email, "rate_limited", client),
  };
  try {
    const answer = await parts.guard(attempt, () => signIn(parts, params));
    await events.succeeded(answer.session.user, client);
    return answer;
  } catch (error) {
    const isWrong = error instanceof DrivewayError && error.code === "invalid_credentials";
    if (isWrong) events.failed(email, "wrong_password", client);
    throw error;
  }
}
