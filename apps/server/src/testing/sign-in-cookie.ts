import type { TestApp } from "./start-test-app.ts";

/** Signs in as a page does. Returns the Cookie header that a browser would send from then on; empty when it is refused. */
export async function signInCookie(
  app: Pick<TestApp, "request">,
  body: { readonly email: string; readonly password: string },
): Promise<string> {
  const { headers } = await app.request("POST", "/api/auth/sign-in/email", { body, apiKey: null });
  return headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
}
